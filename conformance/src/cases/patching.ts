import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, deployment, lease, paths, pod } from "./sample-objects.ts";

/** JSON patch and merge patch. */
export const patchingCases: readonly ApiCase[] = [
  {
    name: "a merge patch sets, adds and removes",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.create(paths.configMaps(ns), configMap("one", { a: "1", b: "2" }, { labels: { keep: "1" } }));
      const answer = assertCode(
        await api.patch("merge", path, { data: { a: null, b: "3", c: "4" }, metadata: { labels: { more: "2" } } }),
        200,
      );
      assert.deepEqual(answer.data, { b: "3", c: "4" });
      assert.deepEqual(answer.metadata.labels, { keep: "1", more: "2" });
    },
  },
  {
    name: "a merge patch replaces lists whole",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one" },
        spec: { list: [1, 2, 3], map: { a: 1 } },
      });
      const answer = assertCode(await api.patch("merge", kind.path(ns, "one"), { spec: { list: [4] } }), 200);
      assert.deepEqual(answer.spec, { list: [4], map: { a: 1 } });
    },
  },
  {
    name: "a patch with a resourceVersion is a precondition",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const { resourceVersion } = made.metadata;
      assertCode(await api.patch("merge", path, { metadata: { resourceVersion }, data: { b: "2" } }), 200);
      assertStatus(await api.patch("merge", path, { metadata: { resourceVersion }, data: { c: "3" } }), 409, { reason: "Conflict" });
    },
  },
  {
    name: "a JSON patch does its operations in order",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.create(paths.configMaps(ns), configMap("one", { a: "1" }, { annotations: { "example.com/x": "y" } }));
      const answer = assertCode(
        await api.patch("json", path, [
          { op: "test", path: "/data/a", value: "1" },
          { op: "replace", path: "/data/a", value: "2" },
          { op: "copy", from: "/data/a", path: "/data/b" },
          { op: "move", from: "/data/a", path: "/data/c" },
          { op: "remove", path: "/metadata/annotations/example.com~1x" },
          { op: "add", path: "/metadata/labels", value: { l: "1" } },
        ]),
        200,
      );
      assert.deepEqual(answer.data, { b: "2", c: "2" });
      assertIncludes(answer.metadata, { labels: { l: "1" }, annotations: undefined });
    },
  },
  {
    name: "a JSON patch whose test fails is 422 with a general message",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const status = assertStatus(
        await api.patch("json", `${paths.configMaps(ns)}/one`, [{ op: "test", path: "/data/a", value: "2" }]),
        422,
        {
          reason: "Invalid",
          message: "the server rejected our request due to an error in our request",
        },
      );
      assert.deepEqual(status.details, {});
    },
  },
  {
    name: "a JSON patch that removes what is not there is 422",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.patch("json", `${paths.configMaps(ns)}/one`, [{ op: "remove", path: "/data/nothing" }]), 422, {
        reason: "Invalid",
      });
    },
  },
  {
    name: "replace of a missing map key adds it",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const answer = assertCode(
        await api.patch("json", `${paths.configMaps(ns)}/one`, [{ op: "replace", path: "/data/new", value: "2" }]),
        200,
      );
      assert.deepEqual(answer.data, { a: "1", new: "2" });
    },
  },
  {
    name: "a JSON patch that is no list is 400",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.patch("json", `${paths.configMaps(ns)}/one`, { op: "add" }), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "patching what is not there is 404",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.patch("merge", `${paths.configMaps(ns)}/one`, {}), 404, { reason: "NotFound" });
      assertStatus(await api.patch("json", `${paths.configMaps(ns)}/one`, []), 404, { reason: "NotFound" });
    },
  },
  {
    name: "a strategic patch of a custom resource is 415",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      assertStatus(await api.patch("strategic", kind.path(ns, "one"), {}), 415, { reason: "UnsupportedMediaType" });
    },
  },
  {
    name: "a patch of an unknown type is 415",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      for (const type of ["application/json", "text/plain"]) {
        const answer = await api.http.request("PATCH", `${paths.configMaps(ns)}/one`, { body: "{}", headers: { "content-type": type } });
        assertStatus(answer, 415, { reason: "UnsupportedMediaType" });
      }
    },
  },
  {
    name: "a patch cannot change name, namespace or creation time",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.patch("merge", path, { metadata: { name: "two" } }), 400, { reason: "BadRequest" });
      assertStatus(await api.patch("merge", path, { metadata: { namespace: "default" } }), 400, { reason: "BadRequest" });
      const time = await api.patch("merge", path, { metadata: { creationTimestamp: "2020-01-01T00:00:00Z" } });
      assertIncludes(assertCode(time, 200), { metadata: { creationTimestamp: made.metadata.creationTimestamp } });
    },
  },
  {
    name: "a patch that takes away what may neither change nor be missing is told both",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      await api.create(paths.deployments(ns), deployment("one"));
      const causes = async (path: string, spec: JsonBody): Promise<string[]> =>
        assertStatus(await api.patch("merge", path, { spec }), 422)
          .details.causes.map(({ field, message }: JsonBody) => `${field}: ${message}`)
          .filter((cause: string) => !cause.startsWith("spec.template"))
          .sort();
      assert.deepEqual(await causes(`${paths.pods(ns)}/one`, { containers: null }), [
        "spec.containers: Forbidden: pod updates may not add or remove containers",
        "spec.containers: Required value",
      ]);
      for (const spec of [null, { selector: null }]) {
        assert.deepEqual(await causes(`${paths.deployments(ns)}/one`, spec), [
          "spec.selector: Invalid value: null: field is immutable",
          "spec.selector: Required value",
        ]);
      }
    },
  },
  {
    name: "resourceVersion 0 in a patch is any version of a ConfigMap, and none of a Lease or a custom resource",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(paths.configMaps(ns), configMap("one"));
      await api.create(paths.leases(ns), lease("one"));
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      const patch = { metadata: { resourceVersion: "0", labels: { a: "b" } } };
      assertCode(await api.patch("merge", `${paths.configMaps(ns)}/one`, patch), 200);
      for (const path of [`${paths.leases(ns)}/one`, kind.path(ns, "one")]) {
        assertStatus(await api.patch("merge", path, patch), 422, {
          details: { causes: [{ field: "metadata.resourceVersion", message: "Invalid value: 0: must be specified for an update" }] },
        });
      }
    },
  },
];
