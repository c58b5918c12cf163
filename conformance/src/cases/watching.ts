import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, CRDS, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, paths } from "./sample-objects.ts";

function brief(event: { readonly type: string; readonly object: JsonBody } | undefined): string {
  return event === undefined ? "end" : `${event.type} ${event.object.metadata?.name ?? event.object.reason}`;
}

const INITIAL_EVENTS = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

/** Watching: what is sent, from where, and how it ends. */
export const watchingCases: readonly ApiCase[] = [
  {
    name: "a watch from a version sends what came after it, in order",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      await api.create(path, configMap("before"));
      const from = assertCode(await api.get(path), 200).metadata.resourceVersion;
      const made = await api.create(path, configMap("one"));
      const changed = assertCode(await api.patch("merge", `${path}/one`, { data: { b: "2" } }), 200);
      await api.delete(`${path}/one`);
      const watch = await api.watch(`${path}?resourceVersion=${from}`);
      assert.equal(watch.status, 200);
      assert.equal(watch.headers["content-type"], "application/json");
      const [added, modified, deleted] = [await watch.take(), await watch.take(), await watch.take()];
      assert.deepEqual([brief(added), brief(modified), brief(deleted)], ["ADDED one", "MODIFIED one", "DELETED one"]);
      assert.deepEqual(added.object, made);
      assert.deepEqual(modified.object, changed);
      assert.deepEqual(deleted.object.data, { a: "1", b: "2" });
      assert.ok(
        Number(deleted.object.metadata.resourceVersion) > Number(changed.metadata.resourceVersion),
        "DELETED carries the deletion's version",
      );
    },
  },
  {
    name: "a watch without a version begins with what is there",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      for (const query of ["", "?resourceVersion=0"]) {
        await api.eventually(async () => {
          using watch = await api.watch(paths.configMaps(ns) + query);
          assert.equal(brief(await watch.take()), "ADDED one");
        });
      }
    },
  },
  {
    name: "a watch on one namespace, one name or all namespaces sends what belongs to it",
    async run(api) {
      const [one, two] = [await api.namespace(), await api.namespace()];
      const from = assertCode(await api.get("/api/v1/configmaps?limit=1"), 200).metadata.resourceVersion;
      for (const ns of [one, two])
        for (const name of ["a", "b"]) await api.create(paths.configMaps(ns), configMap(name, {}, { labels: { case: api.id } }));
      const inTwo = await api.watch(`${paths.configMaps(two)}?resourceVersion=${from}`);
      assert.deepEqual([brief(await inTwo.take()), brief(await inTwo.take())], ["ADDED a", "ADDED b"]);
      const named = await api.watch(`${paths.configMaps(two)}?resourceVersion=${from}&fieldSelector=metadata.name%3Db`);
      assert.equal(brief(await named.take()), "ADDED b");
      const all = await api.watch(`/api/v1/configmaps?resourceVersion=${from}&labelSelector=case%3D${api.id}`);
      const seen = [await all.take(), await all.take(), await all.take(), await all.take()];
      assert.deepEqual(
        seen.map((event) => `${event.object.metadata.namespace}/${event.object.metadata.name}`),
        [`${one}/a`, `${one}/b`, `${two}/a`, `${two}/b`],
      );
    },
  },
  {
    name: "an object that begins or ceases to match the selector is ADDED or DELETED",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      const made = await api.create(path, configMap("one"));
      const watch = await api.watch(`${path}?labelSelector=on&resourceVersion=${made.metadata.resourceVersion}`);
      const on = assertCode(await api.patch("merge", `${path}/one`, { metadata: { labels: { on: "1" } } }), 200);
      const off = assertCode(await api.patch("merge", `${path}/one`, { metadata: { labels: null }, data: { b: "2" } }), 200);
      const [added, deleted] = [await watch.take(), await watch.take()];
      assert.deepEqual([brief(added), brief(deleted)], ["ADDED one", "DELETED one"]);
      assert.deepEqual(added.object, on);
      // The old object, with the version of the change that took it out.
      assertIncludes(deleted.object, {
        data: { a: "1" },
        metadata: { labels: { on: "1" }, resourceVersion: off.metadata.resourceVersion },
      });
      assert.equal(deleted.object.data.b, undefined);
    },
  },
  {
    name: "DELETED after the last finalizer still shows it, the patch's answer does not",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      const made = await api.create(path, configMap("one", {}, { finalizers: ["example.com/hold"] }));
      const watch = await api.watch(`${path}?resourceVersion=${made.metadata.resourceVersion}`);
      await api.delete(`${path}/one`);
      const answer = assertCode(await api.patch("merge", `${path}/one`, { metadata: { finalizers: null } }), 200);
      assert.equal(answer.metadata.finalizers, undefined);
      const [modified, deleted] = [await watch.take(), await watch.take()];
      assert.deepEqual([brief(modified), brief(deleted)], ["MODIFIED one", "DELETED one"]);
      assert.deepEqual(deleted.object.metadata.finalizers, ["example.com/hold"]);
    },
  },
  {
    name: "timeoutSeconds ends a watch without an error",
    async run(api) {
      const ns = await api.namespace();
      const from = assertCode(await api.get(paths.configMaps(ns)), 200).metadata.resourceVersion;
      const watch = await api.watch(`${paths.configMaps(ns)}?timeoutSeconds=1&resourceVersion=${from}`);
      assert.equal(brief(await watch.next()), "end");
    },
  },
  {
    name: "a bookmark comes before the watch's end when asked for",
    async run(api) {
      const ns = await api.namespace();
      const from = assertCode(await api.get(paths.configMaps(ns)), 200).metadata.resourceVersion;
      const watch = await api.watch(`${paths.configMaps(ns)}?timeoutSeconds=3&allowWatchBookmarks=true&resourceVersion=${from}`);
      await api.create(paths.configMaps(ns), configMap("one"));
      const events = await watch.until((event) => event.type === "BOOKMARK");
      const bookmark = events.at(-1);
      assertIncludes(bookmark, { object: { kind: "ConfigMap", apiVersion: "v1" } });
      assert.ok(Number(bookmark?.object.metadata.resourceVersion) >= Number(from));
    },
  },
  {
    name: "a watch from the future opens and is silent",
    async run(api) {
      const ns = await api.namespace();
      const watch = await api.watch(`${paths.configMaps(ns)}?resourceVersion=999999999999&timeoutSeconds=1`);
      assert.equal(watch.status, 200);
      await api.create(paths.configMaps(ns), configMap("one"));
      assert.equal(brief(await watch.next()), "end");
    },
  },
  {
    name: "a watch from a version that is no number is 400 or 500 before it opens",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.get(`${paths.configMaps(ns)}?watch=true&resourceVersion=abc`), 500);
    },
  },
  {
    name: "sendInitialEvents sends what is there and then a bookmark that says so",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("a"));
      const b = await api.create(paths.configMaps(ns), configMap("b"));
      const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
      const watch = await api.watch(`${paths.configMaps(ns)}?${query}`);
      assert.equal(watch.status, 200);
      const [first, second, end] = [await watch.take(), await watch.take(), await watch.take()];
      assert.deepEqual([brief(first), brief(second)].sort(), ["ADDED a", "ADDED b"]);
      assertIncludes(end, {
        type: "BOOKMARK",
        object: { kind: "ConfigMap", metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
      });
      assert.ok(Number(end.object.metadata.resourceVersion) >= Number(b.metadata.resourceVersion));
      await api.create(paths.configMaps(ns), configMap("c"));
      assert.equal(brief(await watch.take()), "ADDED c");
    },
  },
  {
    name: "sendInitialEvents from a forgotten version sends the present",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("a"));
      const query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=1";
      const watch = await api.watch(`${paths.configMaps(ns)}?${query}`);
      await api.eventually(async () => assert.equal(brief(await watch.take()), "ADDED a"));
    },
  },
  {
    name: "sendInitialEvents without resourceVersionMatch is refused, even when false",
    async run(api) {
      const ns = await api.namespace();
      for (const value of ["true", "false"]) {
        assertStatus(await api.get(`${paths.configMaps(ns)}?watch=true&allowWatchBookmarks=true&sendInitialEvents=${value}`), 422, {
          reason: "Invalid",
        });
      }
    },
  },
  {
    name: "sendInitialEvents not older than a version sends the present and its newer version",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      const a = await api.create(path, configMap("a"));
      const b = await api.create(path, configMap("b"));
      for (const version of ["0", a.metadata.resourceVersion, b.metadata.resourceVersion]) {
        using watch = await api.watch(`${path}?${INITIAL_EVENTS}&resourceVersion=${version}`);
        assert.deepEqual([brief(await watch.take()), brief(await watch.take())].sort(), ["ADDED a", "ADDED b"]);
        const end = await watch.take();
        assertIncludes(end, { type: "BOOKMARK", object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } } });
        assert.ok(Number(end.object.metadata.resourceVersion) >= Number(b.metadata.resourceVersion));
      }
    },
  },
  {
    name: "sendInitialEvents of nothing that matches sends the closing bookmark alone",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("a"));
      using watch = await api.watch(`${paths.configMaps(ns)}?${INITIAL_EVENTS}&labelSelector=none%3Dsuch`);
      assertIncludes(await watch.take(), {
        type: "BOOKMARK",
        object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
      });
    },
  },
  {
    name: "sendInitialEvents without bookmarks does not say where the present ends",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      await api.create(path, configMap("a"));
      using watch = await api.watch(`${path}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
      assert.equal(brief(await watch.take()), "ADDED a");
      await api.create(path, configMap("b"));
      assert.equal(brief(await watch.take()), "ADDED b");
    },
  },
  {
    name: "sendInitialEvents knows no pages",
    async run(api) {
      const ns = await api.namespace();
      for (const name of ["a", "b"]) await api.create(paths.configMaps(ns), configMap(name));
      using watch = await api.watch(`${paths.configMaps(ns)}?${INITIAL_EVENTS}&limit=1`);
      const events = [await watch.take(), await watch.take(), await watch.take()];
      assert.deepEqual(
        events.map(({ type }) => type),
        ["ADDED", "ADDED", "BOOKMARK"],
      );
    },
  },
  {
    name: "sendInitialEvents=false sends only what comes",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      await api.create(path, configMap("before"));
      const from = assertCode(await api.get(path), 200).metadata.resourceVersion;
      const query = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
      using watch = await api.watch(`${path}?${query}&resourceVersion=${from}`);
      await api.create(path, configMap("after"));
      assert.equal(brief(await watch.take()), "ADDED after");
    },
  },
  {
    name: "sendInitialEvents not older than a version of the future is an error in the stream",
    async run(api) {
      const ns = await api.namespace();
      using watch = await api.watch(`${paths.configMaps(ns)}?${INITIAL_EVENTS}&resourceVersion=999999999999`);
      assert.equal(watch.status, 200);
      assertIncludes(await watch.take(), {
        type: "ERROR",
        object: {
          kind: "Status",
          code: 504,
          reason: "Timeout",
          details: {
            retryAfterSeconds: 1,
            causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
          },
        },
      });
      assert.equal(brief(await watch.next()), "end");
    },
  },
  {
    name: "sendInitialEvents does not go together with Exact, continue, a list, or a version that is no number",
    async run(api) {
      const path = paths.configMaps(await api.namespace());
      const exact = await api.get(`${path}?watch=true&sendInitialEvents=true&resourceVersionMatch=Exact`);
      assert.deepEqual(
        assertStatus(exact, 422, { reason: "Invalid" }).details.causes.map((cause: JsonBody) => cause.reason),
        ["FieldValueForbidden", "FieldValueNotSupported"],
      );
      assertStatus(await api.get(`${path}?watch=true&${INITIAL_EVENTS}&continue=abc`), 422, { reason: "Invalid" });
      assertStatus(await api.get(`${path}?watch=true&resourceVersionMatch=NotOlderThan`), 422, { reason: "Invalid" });
      const list = assertStatus(await api.get(`${path}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`), 422);
      assert.deepEqual(
        list.details.causes.map((cause: JsonBody) => cause.field),
        ["resourceVersionMatch", "sendInitialEvents"],
      );
      assertStatus(await api.get(`${path}?watch=true&${INITIAL_EVENTS}&resourceVersion=abc`), 500);
    },
  },
  {
    name: "watch=true on an object's path is a plain get",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      assert.deepEqual(assertCode(await api.get(`${paths.configMaps(ns)}/one?watch=true`), 200), made);
    },
  },
  {
    name: "the old watch path watches",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const watch = await api.watch(`/api/v1/watch/namespaces/${ns}/configmaps`);
      assert.equal(brief(await watch.take()), "ADDED one");
    },
  },
  {
    name: "a watch of metadata alone sends PartialObjectMetadata",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const headers = { accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" };
      const watch = await api.watch(paths.configMaps(ns), { headers });
      const event = await watch.take();
      assertIncludes(event.object, {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        data: undefined,
        metadata: { uid: made.metadata.uid },
      });
    },
  },
  {
    name: "every watcher sees the same changes in the same order",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      const from = assertCode(await api.get(path), 200).metadata.resourceVersion;
      const early = await api.watch(`${path}?resourceVersion=${from}`);
      const names = ["a", "b", "c"];
      await Promise.all(names.map((name) => api.create(path, configMap(name))));
      await Promise.all(names.map((name) => api.patch("merge", `${path}/${name}`, { data: { x: name } })));
      await Promise.all(names.map((name) => api.delete(`${path}/${name}`)));
      const late = await api.watch(`${path}?resourceVersion=${from}`);
      const seen: string[][] = [];
      for (const watch of [early, late]) {
        const events = [];
        for (let count = 0; count < 9; count += 1) events.push(await watch.take());
        seen.push(events.map((event) => `${event.object.metadata.resourceVersion} ${brief(event)}`));
      }
      assert.deepEqual(seen[0], seen[1]);
      const versions = (seen[0] ?? []).map((text) => Number.parseInt(text, 10));
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: "deleting a collection is one event for each object",
    async run(api) {
      const ns = await api.namespace();
      const path = paths.configMaps(ns);
      for (const name of ["a", "b"]) await api.create(path, configMap(name));
      const from = assertCode(await api.get(path), 200).metadata.resourceVersion;
      const watch = await api.watch(`${path}?resourceVersion=${from}`);
      assertCode(await api.delete(path), 200);
      const events = [await watch.take(), await watch.take()];
      assert.deepEqual(events.map(brief).sort(), ["DELETED a", "DELETED b"]);
    },
  },
  {
    name: "a watch ends with its CRD",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      const watch = await api.watch(kind.path(ns));
      assert.equal(brief(await watch.take()), "ADDED one");
      assertCode(await api.delete(`${CRDS}/${kind.crdName}`), 200);
      assert.equal(brief(await watch.take()), "DELETED one");
      assert.equal(brief(await watch.next()), "end");
    },
  },
  {
    name: "a watch of custom resources sends them whole",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const made = await api.create(kind.path(ns), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one" },
        spec: { x: 1 },
      });
      const watch = await api.watch(kind.path(ns));
      assert.deepEqual((await watch.take()).object, made);
    },
  },
];
