import assert from "node:assert/strict";
import { assertCode, assertStatus, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, paths, pod } from "./sample-objects.ts";

const leases = (ns: string, name = ""): string => `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases${name === "" ? "" : `/${name}`}`;
const lease = (name: string, metadata: object = {}): JsonBody => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name, ...metadata },
  spec: {},
});

export const dryRunningCases: readonly ApiCase[] = [
  {
    name: "a dry run of a create shows the version that was sent, by POST, PUT or apply",
    async run(api) {
      const ns = await api.namespace();
      const sent = { name: "a", resourceVersion: "5" };
      const posted = await api.post(`${paths.configMaps(ns)}?dryRun=All`, { ...configMap("a"), metadata: sent });
      assert.equal(assertCode(posted, 201).metadata.resourceVersion, "5");
      const put = await api.put(`${leases(ns, "a")}?dryRun=All`, lease("a", sent));
      assert.equal(assertCode(put, 201).metadata.resourceVersion, "5");
      const applied = await api.apply(`${paths.configMaps(ns)}/a`, "m", { ...configMap("a"), metadata: sent }, "&dryRun=All");
      assert.equal(assertCode(applied, 201).metadata.resourceVersion, "5");
      const unsent = await api.post(`${paths.configMaps(ns)}?dryRun=All`, configMap("a"));
      assert.equal(assertCode(unsent, 201).metadata.resourceVersion, undefined);
      assertStatus(await api.get(`${paths.configMaps(ns)}/a`), 404);
    },
  },
  {
    name: "a dry run of deleting a pod that no node runs shows it marked, and leaves it as it is",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.pods(ns), pod("a"));
      const { metadata } = assertCode(await api.delete(`${paths.pods(ns)}/a?dryRun=All`), 200);
      assert.match(metadata.deletionTimestamp, /Z$/);
      assert.deepEqual([metadata.deletionGracePeriodSeconds, metadata.resourceVersion], [0, made.metadata.resourceVersion]);
      assert.deepEqual(assertCode(await api.get(`${paths.pods(ns)}/a`), 200), made);
    },
  },
  {
    name: "a create with a version is refused, unless it is an apply",
    async run(api) {
      const ns = await api.namespace();
      const object = { ...configMap("a"), metadata: { name: "a", resourceVersion: "5" } };
      assert.equal((await api.post(paths.configMaps(ns), object)).status, 500);
      assert.notEqual(assertCode(await api.apply(`${paths.configMaps(ns)}/a`, "m", object), 201).metadata.resourceVersion, "5");
    },
  },
  {
    name: "the key of an object with another uid has its prefix only where something is written",
    async run(api) {
      const ns = await api.namespace();
      const { metadata } = await api.create(leases(ns), lease("a"));
      const conflict = (prefix: string, name: string, uid: string): JsonBody => ({
        reason: "Conflict",
        message: `Operation cannot be fulfilled on leases.coordination.k8s.io "${name}": StorageError: invalid object, Code: 4, Key: ${prefix}/leases/${ns}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: x, UID in object meta: ${uid}`,
      });
      const other = { uid: "x", resourceVersion: metadata.resourceVersion };
      assertStatus(await api.put(leases(ns, "a"), lease("a", other)), 409, conflict("/registry", "a", metadata.uid));
      assertStatus(await api.put(`${leases(ns, "a")}?dryRun=All`, lease("a", other)), 409, conflict("", "a", metadata.uid));
      assertStatus(await api.put(leases(ns, "b"), lease("b", { uid: "x" })), 409, conflict("/registry", "b", ""));
      assertStatus(await api.put(`${leases(ns, "b")}?dryRun=All`, lease("b", { uid: "x" })), 409, conflict("", "b", ""));
    },
  },
  {
    name: "the key of a custom object with another uid has its group",
    async run(api) {
      const kind = await api.customKind();
      const ns = await api.namespace();
      const made = await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "a" } });
      const other = { ...made, metadata: { ...made.metadata, uid: "x" } };
      for (const [query, prefix] of [
        ["", "/registry"],
        ["?dryRun=All", ""],
      ]) {
        const { message } = assertStatus(await api.put(`${kind.path(ns, "a")}${query}`, other), 409);
        assert.ok(message.includes(`Key: ${prefix}/${kind.group}/widgets/${ns}/a,`), message);
      }
    },
  },
];
