import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import { configMap, paths, pod, replicaSet } from "./sample-objects.ts";

/** Deleting: finalizers, preconditions, collections, what is answered. */
export const deletingCases: readonly ApiCase[] = [
  {
    name: "deleting answers a Success with the uid, and the object is gone",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const answer = assertCode(await api.delete(`${paths.configMaps(ns)}/one`), 200);
      assertIncludes(answer, {
        kind: "Status",
        apiVersion: "v1",
        status: "Success",
        details: { name: "one", kind: "configmaps", uid: made.metadata.uid },
      });
      assertStatus(await api.get(`${paths.configMaps(ns)}/one`), 404, {
        reason: "NotFound",
        message: 'configmaps "one" not found',
        details: { name: "one", kind: "configmaps" },
      });
      assertStatus(await api.delete(`${paths.configMaps(ns)}/one`), 404);
    },
  },
  {
    name: "deleting a Pod answers the Pod",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.pods(ns), pod("one"));
      const answer = assertCode(await api.delete(`${paths.pods(ns)}/one`), 200);
      assertIncludes(answer, { kind: "Pod", metadata: { name: "one" } });
    },
  },
  {
    name: "deleting a custom resource answers a Status with its group",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const made = await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      const answer = assertCode(await api.delete(kind.path(ns, "one")), 200);
      assertIncludes(answer, { status: "Success", details: { name: "one", group: kind.group, kind: kind.plural, uid: made.metadata.uid } });
    },
  },
  {
    name: "an object with a finalizer stays until the finalizer is gone",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.create(paths.configMaps(ns), configMap("one", {}, { finalizers: ["example.com/hold"] }));
      const deleting = assertCode(await api.delete(path), 200);
      assertIncludes(deleting, { kind: "ConfigMap", metadata: { deletionGracePeriodSeconds: 0, finalizers: ["example.com/hold"] } });
      assert.match(deleting.metadata.deletionTimestamp, /Z$/);
      const again = assertCode(await api.delete(path), 200);
      assert.equal(again.metadata.deletionTimestamp, deleting.metadata.deletionTimestamp);
      const released = assertCode(await api.patch("merge", path, { metadata: { finalizers: null } }), 200);
      assertIncludes(released, { metadata: { finalizers: undefined } });
      assertStatus(await api.get(path), 404);
    },
  },
  {
    name: "an object on its way out takes no new finalizer",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.create(paths.configMaps(ns), configMap("one", {}, { finalizers: ["example.com/hold"] }));
      assertCode(await api.delete(path), 200);
      const status = assertStatus(
        await api.patch("merge", path, { metadata: { finalizers: ["example.com/hold", "example.com/more"] } }),
        422,
      );
      // The real server reports it twice for some kinds.
      assertIncludes(status.details.causes[0], { reason: "FieldValueForbidden", field: "metadata.finalizers" });
      assertCode(await api.patch("merge", path, { metadata: { finalizers: null } }), 200);
    },
  },
  {
    name: "creating over an object on its way out says that it is being deleted",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one", {}, { finalizers: ["example.com/hold"] }));
      assertCode(await api.delete(`${paths.configMaps(ns)}/one`), 200);
      assertStatus(await api.post(paths.configMaps(ns), configMap("one")), 409, {
        reason: "AlreadyExists",
        message: 'object is being deleted: configmaps "one" already exists',
      });
      assertCode(await api.patch("merge", `${paths.configMaps(ns)}/one`, { metadata: { finalizers: null } }), 200);
    },
  },
  {
    name: "a custom resource's generation rises when it is deleted with finalizers",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one", finalizers: ["example.com/hold"] } };
      const made = await api.create(kind.path(ns), object);
      assert.equal(made.metadata.generation, 1);
      const deleting = assertCode(await api.delete(kind.path(ns, "one")), 200);
      assertIncludes(deleting, { kind: kind.kind, metadata: { generation: 2 } });
      assertCode(await api.patch("merge", kind.path(ns, "one"), { metadata: { finalizers: [] } }), 200);
      assertStatus(await api.get(kind.path(ns, "one")), 404);
    },
  },
  {
    name: "preconditions on uid and resourceVersion must hold for a deletion",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const uid = "11111111-2222-3333-4444-555555555555";
      const refused = assertStatus(await api.delete(path, { preconditions: { uid } }), 409, { reason: "Conflict" });
      assert.equal(
        refused.message,
        `Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition (${uid}) does not match the UID in record (${made.metadata.uid}). The object might have been deleted and then recreated`,
      );
      assertStatus(await api.delete(path, { preconditions: { resourceVersion: "1" } }), 409, { reason: "Conflict" });
      const { uid: right, resourceVersion } = made.metadata;
      assertCode(await api.delete(path, { preconditions: { uid: right, resourceVersion } }), 200);
    },
  },
  {
    name: "propagation policies add the garbage collector's finalizers",
    async run(api) {
      const ns = await api.namespace();
      const release = { metadata: { finalizers: null } };
      await api.create(paths.replicaSets(ns), replicaSet("one"));
      const path = `${paths.replicaSets(ns)}/one`;
      const foreground = assertCode(await api.delete(path, { propagationPolicy: "Foreground" }), 200);
      assert.deepEqual(foreground.metadata.finalizers, ["foregroundDeletion"]);
      assertCode(await api.patch("merge", path, release), 200);
      await api.create(paths.configMaps(ns), configMap("two"));
      const orphan = assertCode(await api.delete(`${paths.configMaps(ns)}/two?propagationPolicy=Orphan`), 200);
      assert.deepEqual(orphan.metadata.finalizers, ["orphan"]);
      assertCode(await api.patch("merge", `${paths.configMaps(ns)}/two`, release), 200);
      await api.create(paths.configMaps(ns), configMap("three"));
      assertStatus(await api.delete(`${paths.configMaps(ns)}/three`, { propagationPolicy: "Sideways" }), 422, { reason: "Invalid" });
    },
  },
  {
    name: "deleting a collection deletes what the selector takes",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one", {}, { labels: { take: "yes" } }));
      await api.create(paths.configMaps(ns), configMap("two", {}, { labels: { take: "yes" } }));
      await api.create(paths.configMaps(ns), configMap("three"));
      const answer = assertCode(await api.delete(`${paths.configMaps(ns)}?labelSelector=take%3Dyes`), 200);
      assertIncludes(answer, { kind: "ConfigMapList", apiVersion: "v1" });
      assert.deepEqual(answer.items.map((item: { metadata: { name: string } }) => item.metadata.name).sort(), ["one", "two"]);
      const left = assertCode(await api.get(paths.configMaps(ns)), 200);
      assert.deepEqual(
        left.items.map((item: { metadata: { name: string } }) => item.metadata.name),
        ["three"],
      );
    },
  },
  {
    name: "deleting a collection with a limit deletes one page, and answers where the next one begins",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      for (const name of ["one", "two", "three"]) await api.create(maps, configMap(name));
      const answer = assertCode(await api.delete(`${maps}?limit=1`), 200);
      assertIncludes(answer, { items: [{ metadata: { name: "one" } }], metadata: { remainingItemCount: 2 } });
      assert.notEqual(answer.metadata.continue ?? "", "");
      const next = assertCode(await api.delete(`${maps}?limit=1&continue=${encodeURIComponent(answer.metadata.continue)}`), 200);
      assertIncludes(next, { items: [{ metadata: { name: "three" } }] });
      assertIncludes(assertCode(await api.get(maps), 200), { items: [{ metadata: { name: "two" } }] });
    },
  },
  {
    name: "deleting a collection as it was in a version, of what has not changed its uid",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      const { resourceVersion } = (await api.create(maps, configMap("one"))).metadata;
      await api.create(maps, configMap("two"));
      assertStatus(await api.delete(maps, { preconditions: { uid: "another" } }), 409);
      const answer = assertCode(await api.delete(`${maps}?resourceVersion=${resourceVersion}`), 200);
      assertIncludes(answer, { items: [{ metadata: { name: "one" } }] });
      assertIncludes(assertCode(await api.get(maps), 200), { items: [{ metadata: { name: "two" } }] });
    },
  },
  {
    name: "a namespace on its way out takes no new objects",
    async run(api) {
      const ns = await api.namespace();
      const answer = assertCode(await api.delete(`/api/v1/namespaces/${ns}`), 200);
      assertIncludes(answer, { kind: "Namespace", status: { phase: "Terminating" }, spec: { finalizers: ["kubernetes"] } });
      const status = assertStatus(await api.post(paths.configMaps(ns), configMap("one")), 403, { reason: "Forbidden" });
      assert.equal(
        status.message,
        `configmaps "one" is forbidden: unable to create new content in namespace ${ns} because it is being terminated`,
      );
      assertIncludes(status.details.causes, [{ reason: "NamespaceTerminating", field: "metadata.namespace" }]);
    },
  },
];
