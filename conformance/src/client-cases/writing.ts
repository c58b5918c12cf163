import assert from "node:assert/strict";
import { conflictsOf, isConflict, isNotFound } from "@operatorkit/api";
import { ensureNamespace, newHttpClient, retryOnConflict } from "@operatorkit/client";
import { mutableCopy, type KubernetesObject } from "@operatorkit/object";
import { ConfigMap, Namespace } from "@operatorkit/object/kinds";
import type { Logger } from "@operatorkit/observe";
import { rejection, type ClientCase } from "../client-case.ts";

const map = (
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>> = { a: "1" },
  labels?: Readonly<Record<string, string>>,
): ConfigMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, ...(labels && { labels }) },
  data,
});

function keepingLogger(lines: string[]): Logger {
  const keep = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: () => {}, info: () => {}, warn: keep, error: keep, with: () => logger };
  return logger;
}

/** Reading and writing whole objects. */
export const writingCases: readonly ClientCase[] = [
  {
    name: "the client lists all pages of one moment, by selector too",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      for (const name of ["a", "b", "c", "d", "e"]) await client.create(map(name, namespace, {}, { odd: String("ace".includes(name)) }));
      const sizes: number[] = [];
      const labelSelector = "odd";
      for await (const page of client.list(ConfigMap, { namespace, labelSelector, limit: 2 }).pages()) {
        sizes.push(page.items.length);
        await client.create(map(`later-${sizes.length}`, namespace, {}, { odd: "late" }));
      }
      assert.deepEqual(sizes, [2, 2, 1]);
      const odd = await client.list(ConfigMap, { namespace, labelSelector: "odd=true" }).toArray();
      assert.deepEqual(
        odd.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`),
        ["v1 ConfigMap a", "v1 ConfigMap c", "v1 ConfigMap e"],
      );
    },
  },
  {
    name: "the client reads the same list packed and not",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      for (let i = 0; i < 20; i += 1) await client.create(map(`m${i}`, namespace, { text: "x".repeat(20_000) }));
      const packing = await context.connect({ compress: true });
      const plain = await context.connect({ compress: false });
      const [packed, unpacked] = await Promise.all([packing, plain].map((each) => each.list(ConfigMap, { namespace }).toArray()));
      assert.equal(packed?.length, 20);
      assert.deepEqual(packed, unpacked);
    },
  },
  {
    name: "the client lists and watches an object of five hundred levels, and those beside it",
    async run(context) {
      const { client, signal } = context;
      const namespace = await context.namespace();
      const { kind, custom } = await context.customKind();
      const text = (name: string, spec: string): string =>
        `{"apiVersion":"${custom.apiVersion}","kind":"${custom.kind}","metadata":{"name":"${name}"},"spec":${spec}}`;
      const path = custom.path(namespace);
      for (const body of [text("deep", `${'{"a":['.repeat(250)}${"]}".repeat(250)}`), text("plain", "{}")])
        await client.request({ method: "POST", path, body, contentType: "application/json", as: "bytes" });
      const source = client.listWatch(kind, { namespace });
      const { entries, resourceVersion } = await source.list({ signal });
      assert.deepEqual(
        entries.map(({ object }) => object.metadata.name),
        ["deep", "plain"],
      );
      const changes = await source.watch({ resourceVersion, allowWatchBookmarks: true, timeoutSeconds: 300, signal });
      await client.patch(kind, { name: "deep", namespace }, { type: "merge", body: { metadata: { labels: { a: "b" } } } });
      for await (const [event] of changes) {
        if (event?.type !== "MODIFIED") continue;
        assert.deepEqual([event.entry.object.metadata.name, event.entry.object.metadata.labels], ["deep", { a: "b" }]);
        break;
      }
    },
  },
  {
    name: "the client deletes a collection by its labels, dry and for good",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      for (const name of ["a", "b", "c"]) await client.create(map(name, namespace, {}, { which: name === "c" ? "stays" : "goes" }));
      const names = async (): Promise<string[]> =>
        (await client.list(ConfigMap, { namespace, labelSelector: "which" }).toArray()).map(({ metadata }) => metadata.name);
      await client.deleteCollection(ConfigMap, { namespace, labelSelector: "which=goes", dryRun: true });
      assert.deepEqual(await names(), ["a", "b", "c"]);
      await client.deleteCollection(ConfigMap, { namespace, labelSelector: "which=goes" });
      assert.deepEqual(await names(), ["c"]);
    },
  },
  {
    name: "the client's dry runs answer as if they were done, and do nothing",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const ref = { name: "one", namespace };
      const made = await client.create(map("one", namespace), { dryRun: true });
      assert.ok(made.metadata.uid);
      assert.ok(isNotFound(await rejection(client.get(ConfigMap, ref))));
      await client.apply(map("one", namespace, { a: "1" }));
      assert.deepEqual((await client.apply(map("one", namespace, { a: "2" }), { dryRun: true })).data, { a: "2" });
      const changed = await client.patch(ConfigMap, ref, { type: "merge", body: { data: { b: "3" } } }, { dryRun: true });
      assert.deepEqual(changed.data, { a: "1", b: "3" });
      const current = await client.get(ConfigMap, ref);
      assert.deepEqual((await client.update({ ...current, data: { c: "4" } }, { dryRun: true })).data, { c: "4" });
      await client.delete(ConfigMap, ref, { dryRun: true });
      assert.deepEqual(await client.get(ConfigMap, ref), current);
    },
  },
  {
    name: "the client hands the server's warnings about unknown fields to its logger, once, and Strict makes them errors",
    async run(context) {
      const namespace = await context.namespace();
      const lines: string[] = [];
      const client = await context.connect({ logger: keepingLogger(lines) });
      const odd = { ...map("one", namespace), colour: "red" };
      await client.create(odd, { fieldValidation: "Warn" });
      await client.update(odd, { fieldValidation: "Warn" });
      assert.deepEqual(lines, ['the API server warns: unknown field "colour"']);
      await client.update(odd, { fieldValidation: "Ignore" });
      const error = await rejection(client.create({ ...odd, metadata: { name: "two", namespace } }, { fieldValidation: "Strict" }));
      assert.equal(error["code"], "BadRequest");
      assert.match(error.message, /strict decoding error: unknown field "colour"/);
      assert.equal(lines.length, 1);
    },
  },
  {
    name: "the client's retryOnConflict loses no change of two writers",
    async run(context) {
      const { client, signal } = context;
      const namespace = await context.namespace();
      await client.create(map("counter", namespace, { count: "0" }));
      let conflicts = 0;
      const increment = (): Promise<unknown> =>
        retryOnConflict(
          async () => {
            const counter = mutableCopy(await client.get(ConfigMap, { name: "counter", namespace }));
            counter.data = { count: String(Number(counter.data?.["count"]) + 1) };
            return await client.update(counter).catch((error: unknown) => {
              if (isConflict(error)) conflicts += 1;
              throw error;
            });
          },
          { attempts: 50, signal },
        );
      await Promise.all(Array.from({ length: 8 }, increment));
      assert.deepEqual((await client.get(ConfigMap, { name: "counter", namespace })).data, { count: "8" });
      assert.ok(conflicts > 0, "eight at once meet");
    },
  },
  {
    name: "the client's apply without force names the fields and owners it conflicts with",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      await client.apply(map("one", namespace, { a: "1", b: "1" }), { fieldManager: "first" });
      const error = await rejection(client.apply(map("one", namespace, { a: "2" }), { fieldManager: "second", force: false }));
      assert.deepEqual(conflictsOf(error), [{ field: ".data.a", manager: "first" }]);
      assert.equal(error["code"], "Conflict");
      assert.deepEqual((await client.apply(map("one", namespace, { a: "2" }), { fieldManager: "second" })).data, { a: "2", b: "1" });
    },
  },
  {
    name: "the client knows an apply that changed nothing from one that did",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const changed = async (data: Readonly<Record<string, string>>): Promise<boolean> =>
        (await client.applyAndCompare(map("one", namespace, data))).changed;
      assert.deepEqual(
        [await changed({ a: "1" }), await changed({ a: "1" }), await changed({ a: "2" }), await changed({})],
        [true, false, true, true],
      );
    },
  },
  {
    name: "the client's ensureNamespace makes one, waits until it is active, and leaves one that is there as it is",
    async run(context) {
      const { client, api, signal } = context;
      const name = `ensured-${api.id}`;
      api.onEnd(() => client.delete(Namespace, { name }));
      await ensureNamespace(client, name, { labels: { first: "yes" }, intervalMs: 50, timeoutMs: 10_000, signal });
      await ensureNamespace(client, name, { labels: { second: "yes" }, intervalMs: 50, timeoutMs: 10_000, signal });
      const namespace = await client.get(Namespace, { name });
      assert.equal(namespace.status?.phase, "Active");
      assert.equal(namespace.metadata.labels?.["first"], "yes");
      assert.equal(namespace.metadata.labels?.["second"], undefined);
    },
  },
  {
    name: "the client's raw access to one group tells objects, lists and other answers apart",
    async run(context) {
      const { client } = context;
      const namespace = await context.namespace();
      const { kind, custom } = await context.customKind();
      const http = newHttpClient(client, custom.group, "v1", [kind]);
      const path = `namespaces/${namespace}/${custom.plural}`;
      const body = { apiVersion: custom.apiVersion, kind: custom.kind, metadata: { name: "one" }, spec: { hello: "world" } };
      const made = await http.request({ method: "POST", path, body });
      assert.equal(made.type, "object");
      const list = await http.get(path, { query: { limit: 1 } });
      assert.equal(list.type, "list");
      assert.deepEqual(
        list.type === "list" && list.items.map((item: KubernetesObject) => `${item.apiVersion} ${item.kind} ${item.metadata.name}`),
        [`${custom.apiVersion} ${custom.kind} one`],
      );
      assert.equal((await http.request({ method: "DELETE", path: `${path}/one` })).type, "other");
      assert.ok(isNotFound(await rejection(http.get(`${path}/one`))));
    },
  },
];
