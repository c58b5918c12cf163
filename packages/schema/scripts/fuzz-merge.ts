/**
 * Applies, updates and patches random widgets against a real kube-apiserver and against `schema/merge`, and reports where they differ.
 *
 *     NODE_TLS_REJECT_UNAUTHORIZED=0 API_SERVER=https://127.0.0.1:6443 API_TOKEN=... node --conditions=source scripts/fuzz-merge.ts [objects] [seed]
 *
 * It creates the custom kind Widget and objects `fuzz-…` in the namespace default, and deletes them again.
 */
import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import { fieldElement, FieldSet } from "@operatorkit/object";
import { applyConfiguration, conflictStatus, MergeError, trackUpdate } from "../src/merge/index.ts";
import { crd, CRD_GROUP, widgetSchema } from "./merge-crds.ts";

interface Item {
  readonly metadata: { readonly [key: string]: unknown; readonly managedFields?: readonly Record<string, unknown>[] };
  readonly [key: string]: unknown;
}

const server = process.env["API_SERVER"] ?? "https://127.0.0.1:6443";
const token = process.env["API_TOKEN"] ?? "";
const objects = Number(process.argv[2] ?? 50);
let seed = Number(process.argv[3] ?? 1);
const collection = `/apis/${CRD_GROUP}/v1/namespaces/default/widgets`;
const apiVersion = `${CRD_GROUP}/v1`;

async function request(method: string, path: string, body?: unknown, type = "application/json"): Promise<{ code: number; body: Item }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const response = await fetch(server + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { code: response.status, body: (await response.json()) as Item };
}

/** A small generator with a seed (mulberry32), so that a finding can be repeated. */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
const chance = (probability: number): boolean => random() < probability;
function pick<T>(...choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}
const some = <T>(choices: readonly T[], probability = 0.4): T[] => choices.filter(() => chance(probability)).toSorted(() => random() - 0.5);
const text = (): string => pick("1", "2", "3");
const mapOf = (keys: readonly string[], value: () => unknown): Record<string, unknown> =>
  Object.fromEntries(some(keys).map((key) => [key, value()]));

function randomSpec(): Record<string, unknown> {
  const parts: Record<string, () => unknown> = {
    replicas: () => pick(1, 2),
    nullable: () => pick(null, "x", "y"),
    intOrString: () => pick<unknown>(1, "1"),
    set: () => some(["a", "b", "c", "d"]),
    numbers: () => some([1, 2, 3]),
    ports: () =>
      some([80, 81, 82]).map((port) => ({
        port,
        ...(chance(0.5) ? {} : { protocol: pick("TCP", "UDP") }),
        ...(chance(0.5) ? {} : { name: text() }),
        ...(chance(0.5) ? {} : { tags: some(["t", "u", "v"]) }),
      })),
    atomicList: () => some(["a", "b"]),
    atomicMap: () => mapOf(["a", "b"], text),
    atomicStruct: () => mapOf(["a", "b"], text),
    labels: () => mapOf(["a", "b", "c"], text),
    objects: () => mapOf(["a", "b"], () => mapOf(["p", "q"], text)),
    nested: () => mapOf(["a"], () => mapOf(["b"], () => mapOf(["c", "d"], text))),
    free: () => mapOf(["a", "b", "l"], () => pick<unknown>("1", 2, null, {}, [], [1], { x: 1 }, { x: { y: text() } })),
    typedFree: () => mapOf(["known"], text),
  };
  return Object.fromEntries(some(Object.keys(parts), 0.35).map((key) => [key, parts[key]?.()]));
}

const f = fieldElement;
const reset = { main: FieldSet.of([f("status")]), status: FieldSet.of([f("metadata")], [f("spec")]) };

/** Without times, and in an order that does not depend on them. */
function ownership(object: Item): unknown {
  return (object.metadata.managedFields ?? []).map(({ time: _time, ...entry }) => JSON.stringify(sorted(entry))).toSorted();
}
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
/** What the structural schema's defaults add after the merge. */
function withDefaults(spec: unknown): unknown {
  const { ports, ...rest } = (spec ?? {}) as { ports?: readonly object[] };
  return Array.isArray(ports) ? { ...rest, ports: ports.map((port: object) => ({ protocol: "TCP", ...port })) } : spec;
}

const counts: Record<string, number> = {};
let differences = 0;

async function fuzz(name: string): Promise<void> {
  let live: Item | undefined;
  for (let step = 0; step < 12; step++) {
    const manager = pick("a", "b", "c");
    const verb = pick("apply", "apply", "apply", "force", "force", "patch", "update", "status");
    const body = { spec: randomSpec() };
    const before = live;
    if (before === undefined && verb !== "apply" && verb !== "force") continue;
    const whole = { apiVersion, kind: "Widget", ...body, metadata: { name } };
    const path = `${collection}/${name}`;
    let answer;
    if (verb === "patch") answer = await request("PATCH", `${path}?fieldManager=${manager}`, body, "application/merge-patch+json");
    else if (verb === "status") {
      const status = { status: { ready: pick(1, 2), conditions: some(["A", "B"]).map((type) => ({ type, status: text() })) } };
      answer = await request("PATCH", `${path}/status?fieldManager=${manager}`, { ...whole, ...status }, "application/apply-patch+yaml");
      Object.assign(whole, status);
    } else if (verb === "update") {
      const metadata = { name, resourceVersion: before?.metadata["resourceVersion"] };
      answer = await request("PUT", `${path}?fieldManager=${manager}`, { ...whole, metadata });
    } else {
      const query = `?fieldManager=${manager}${verb === "force" ? "&force=true" : ""}`;
      answer = await request("PATCH", path + query, whole, "application/apply-patch+yaml");
    }
    counts[`${verb} ${answer.code}`] = (counts[`${verb} ${answer.code}`] ?? 0) + 1;
    const common = { manager, apiVersion, schema: widgetSchema, nowMs: Date.now() };
    let ours: unknown;
    let theirs: unknown;
    try {
      if (verb === "patch" || verb === "update") {
        if (answer.code === 200 && before !== undefined) {
          const { managedFields: _, ...metadata } = answer.body.metadata;
          ours = ownership(trackUpdate({ ...common, resetFields: reset.main, before, after: { ...answer.body, metadata } }));
          theirs = ownership(answer.body);
        }
      } else {
        const subresource = verb === "status" ? "status" : undefined;
        const options = { ...common, resetFields: reset[subresource ?? "main"], ...(subresource === undefined ? {} : { subresource }) };
        const result = applyConfiguration({
          ...options,
          ...(before === undefined ? {} : { live: before }),
          config: whole,
          force: verb === "force",
        });
        if (answer.code === 409) {
          ours = conflictStatus(result.conflicts).message;
          theirs = answer.body["message"];
        } else if (answer.code < 300) {
          const object = result.object as Item;
          const spec = subresource === undefined ? withDefaults(object["spec"]) : answer.body["spec"];
          const status = subresource === undefined ? answer.body["status"] : object["status"];
          ours = { conflicts: result.conflicts, spec: spec ?? null, status, managers: ownership(object) };
          theirs = { conflicts: [], spec: answer.body["spec"] ?? null, status: answer.body["status"], managers: ownership(answer.body) };
        }
      }
    } catch (error) {
      ours = error instanceof MergeError ? error.message : String(error);
      theirs = answer.body["message"];
    }
    if (!isDeepStrictEqual(ours, theirs)) {
      differences++;
      if (differences <= 5) console.log(JSON.stringify({ verb, manager, code: answer.code, whole, before, ours, theirs }, null, 1));
    }
    if (answer.code < 300) live = answer.body;
  }
  await request("DELETE", `${collection}/${name}`);
}

const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
await request("POST", crds, crd("Widget", "widgets", widgetSchema));
for (let tries = 0; tries < 50 && (await request("GET", collection)).code !== 200; tries++) await delay(200);
await delay(2_000);
for (let index = 0; index < objects; index++) await fuzz(`fuzz-${index}`);
await request("DELETE", `${crds}/widgets.${CRD_GROUP}`);
console.log(counts, `${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
