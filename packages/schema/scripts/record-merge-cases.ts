/**
 * Plays the merge scenarios against a real kube-apiserver and records its answers in `test/merge/recorded-cases.jsonl`, a case a line.
 *
 *     NODE_TLS_REJECT_UNAUTHORIZED=0 API_SERVER=https://127.0.0.1:6443 API_TOKEN=... node scripts/record-merge-cases.ts
 *
 * It creates two CRDs, and objects `merge-case-…` in the namespace default, and deletes them again. It takes about a second per step: entries of managedFields
 * are ordered by their times, which have seconds.
 */
import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { blobSchema, crd, CRD_GROUP, widgetSchema } from "./merge-crds.ts";
import { mergeScenarios } from "./merge-scenarios.ts";
import type { MergeScenario, MergeStep, ScenarioKind } from "./merge-scenarios.ts";

/** Just enough of what is on the wire. */
interface Item {
  readonly metadata?: Item;
  readonly spec?: Item;
  readonly resourceVersion?: string;
  readonly gitVersion?: string;
  readonly managedFields?: readonly { readonly time?: string }[];
  readonly [key: string]: unknown;
}

interface Answer {
  readonly code: number;
  readonly body: Item;
}

const server = process.env["API_SERVER"] ?? "https://127.0.0.1:6443";
const token = process.env["API_TOKEN"] ?? "";
const namespace = "default";

const endpoints: Readonly<Record<ScenarioKind, { readonly apiVersion: string; readonly path: string }>> = {
  ConfigMap: { apiVersion: "v1", path: `/api/v1/namespaces/${namespace}/configmaps` },
  Service: { apiVersion: "v1", path: `/api/v1/namespaces/${namespace}/services` },
  Deployment: { apiVersion: "apps/v1", path: `/apis/apps/v1/namespaces/${namespace}/deployments` },
  Widget: { apiVersion: `${CRD_GROUP}/v1`, path: `/apis/${CRD_GROUP}/v1/namespaces/${namespace}/widgets` },
  Blob: { apiVersion: `${CRD_GROUP}/v1`, path: `/apis/${CRD_GROUP}/v1/namespaces/${namespace}/blobs` },
};

async function request(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<Answer> {
  const response = await fetch(server + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": contentType },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { code: response.status, body: (await response.json()) as Item };
}

async function play(scenario: MergeScenario, index: number): Promise<unknown> {
  const name = `merge-case-${index}`;
  const times = new Map<string, string>();
  const steps: { readonly code: number }[] = [];
  let live: Item | undefined;
  for (const [number, step] of scenario.steps.entries()) {
    await delay(1_050);
    const answer = await send(scenario.kind, name, step, live);
    const isObject = answer.code < 300;
    if (isObject) live = answer.body;
    for (const { time } of live?.metadata?.managedFields ?? [])
      if (time !== undefined && !times.has(time)) times.set(time, `step ${number}`);
    steps.push({ ...step, code: answer.code, ...(isObject ? { object: normal(answer.body, times) } : { status: answer.body }) });
  }
  const path = `${endpoints[scenario.kind].path}/${name}`;
  if (live !== undefined) {
    await request("PATCH", path, { metadata: { finalizers: null } }, "application/merge-patch+json");
    await request("DELETE", path);
  }
  console.log(scenario.kind, scenario.name, steps.map((step) => step.code).join(" "));
  return { name: scenario.name, kind: scenario.kind, apiVersion: endpoints[scenario.kind].apiVersion, objectName: name, steps };
}

function send(kind: ScenarioKind, name: string, step: MergeStep, live: Item | undefined): Promise<Answer> {
  const { apiVersion, path: collection } = endpoints[kind];
  const object = collection + `/${name}` + (step.subresource === undefined ? "" : `/${step.subresource}`);
  const query = `?fieldManager=${step.manager}${step.force === true ? "&force=true" : ""}`;
  const given = step.body as Item;
  const whole = { apiVersion, kind, ...given, metadata: { name, ...given.metadata } };
  switch (step.verb) {
    case "apply":
      return request("PATCH", object + query, whole, "application/apply-patch+yaml");
    case "create":
      return request("POST", collection + query, whole);
    case "update":
      return request("PUT", object + query, {
        ...whole,
        metadata: { ...whole.metadata, resourceVersion: live?.metadata?.resourceVersion },
      });
    case "merge-patch":
      return request("PATCH", object + query, given, "application/merge-patch+json");
    case "strategic-patch":
      return request("PATCH", object + query, given, "application/strategic-merge-patch+json");
    case "json-patch":
      return request("PATCH", object + query, given, "application/json-patch+json");
  }
}

/** The object without what differs from run to run; times read as the step that made them. */
function normal(object: Item, times: ReadonlyMap<string, string>): unknown {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, generation: _generation, ...metadata } = object.metadata ?? {};
  const managedFields = metadata.managedFields?.map((entry) =>
    entry.time === undefined ? entry : { ...entry, time: times.get(entry.time) },
  );
  const spec: Record<string, unknown> = { ...object.spec };
  if ("clusterIP" in spec) Object.assign(spec, { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1"] });
  const normalMetadata = { ...metadata, ...(managedFields === undefined ? {} : { managedFields }) };
  return { ...object, metadata: normalMetadata, ...(object.spec === undefined ? {} : { spec }) };
}

const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
await request("POST", crds, crd("Widget", "widgets", widgetSchema));
await request("POST", crds, crd("Blob", "blobs", blobSchema));
for (let tries = 0; tries < 50; tries++) {
  const answers = await Promise.all([request("GET", endpoints.Widget.path), request("GET", endpoints.Blob.path)]);
  if (answers.every((answer) => answer.code === 200)) break;
  await delay(200);
}
await delay(2_000); // the schema reaches the apply handler a little later than the path exists
const { gitVersion } = (await request("GET", "/version")).body;
const cases = await Promise.all(mergeScenarios.map(play));
const lines = [{ server: gitVersion }, ...cases].map((line) => `${JSON.stringify(line)}\n`);
await writeFile(new URL("../test/merge/recorded-cases.jsonl", import.meta.url), lines.join(""));
await request("DELETE", `${crds}/widgets.${CRD_GROUP}`);
await request("DELETE", `${crds}/blobs.${CRD_GROUP}`);
