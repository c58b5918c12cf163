import assert from "node:assert/strict";
import { parse } from "yaml";
import { assertCode, assertIncludes, assertStatus, type ApiCase } from "../api-case.ts";
import { configMap, lease, paths } from "./sample-objects.ts";

/** Creating and replacing: names, resource versions, uids. */
export const creatingCases: readonly ApiCase[] = [
  {
    name: "a created object comes back with what the server adds",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(await api.post(paths.configMaps(ns), configMap("one")), 201);
      assertIncludes(made, { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" }, metadata: { name: "one", namespace: ns } });
      assert.match(made.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
      assert.match(made.metadata.resourceVersion, /^[1-9][0-9]*$/);
      assert.match(made.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const got = assertCode(await api.get(`${paths.configMaps(ns)}/one`), 200);
      assert.deepEqual(got, made);
    },
  },
  {
    name: "creating an object twice is refused as AlreadyExists",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.post(paths.configMaps(ns), configMap("one")), 409, {
        reason: "AlreadyExists",
        message: 'configmaps "one" already exists',
        details: { name: "one", kind: "configmaps" },
      });
    },
  },
  {
    name: "generateName makes a name of it with five more characters",
    async run(api) {
      const ns = await api.namespace();
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "made-" } };
      const one = await api.create(paths.configMaps(ns), object);
      const two = await api.create(paths.configMaps(ns), object);
      assert.match(one.metadata.name, /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      assert.equal(one.metadata.generateName, "made-");
      assert.notEqual(one.metadata.name, two.metadata.name);
    },
  },
  {
    name: "an object without any name is refused",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.configMaps(ns), { apiVersion: "v1", kind: "ConfigMap" }), 422, {
        reason: "Invalid",
        message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
        details: { kind: "ConfigMap", causes: [{ reason: "FieldValueRequired", field: "metadata.name" }] },
      });
    },
  },
  {
    name: "a name that is no DNS subdomain is refused",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.post(paths.configMaps(ns), configMap("Not_Valid")), 422, { reason: "Invalid" });
      assertIncludes(status.details, {
        name: "Not_Valid",
        kind: "ConfigMap",
        causes: [{ reason: "FieldValueInvalid", field: "metadata.name" }],
      });
      assert.match(status.message, /a lowercase RFC 1123 subdomain must consist of/);
    },
  },
  {
    name: "labels that are no labels are refused with their field",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(
        await api.post(paths.configMaps(ns), configMap("one", {}, { labels: { "bad key!": "x", good: "not ok!" } })),
        422,
      );
      assertIncludes(status.details.causes, [
        { reason: "FieldValueInvalid", field: "metadata.labels" },
        { reason: "FieldValueInvalid", field: "metadata.labels" },
      ]);
    },
  },
  {
    name: "an object of another namespace, kind or version is refused with 400",
    async run(api) {
      const ns = await api.namespace();
      assertStatus(await api.post(paths.configMaps(ns), configMap("one", {}, { namespace: "default" })), 400, {
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
      const wrongKind = { ...configMap("one"), kind: "Secret" };
      assertStatus(await api.post(paths.configMaps(ns), wrongKind), 400, { reason: "BadRequest" });
      const wrongGroup = { ...configMap("one"), apiVersion: "apps/v1" };
      assertStatus(await api.post(paths.configMaps(ns), wrongGroup), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "a body without apiVersion and kind is taken for the path's kind",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(await api.post(paths.configMaps(ns), { metadata: { name: "bare" } }), 201);
      assertIncludes(made, { apiVersion: "v1", kind: "ConfigMap" });
    },
  },
  {
    name: "creating in a namespace that does not exist is 404",
    async run(api) {
      assertStatus(await api.post(paths.configMaps(`no-${api.id}`), configMap("one")), 404, {
        reason: "NotFound",
        message: `namespaces "no-${api.id}" not found`,
        details: { name: `no-${api.id}`, kind: "namespaces" },
      });
    },
  },
  {
    name: "creating with a resourceVersion is 500 without a reason",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.post(paths.configMaps(ns), configMap("one", {}, { resourceVersion: "12" })), 500, {
        message: "resourceVersion should not be set on objects to be created",
      });
      assert.equal(status.reason, undefined);
    },
  },
  {
    name: "a resourceVersion that no new object has is told after what is wrong with the object, and before that its name is taken",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      await api.create(maps, configMap("one"));
      assertStatus(await api.post(maps, configMap("one", { "bad key!": "x" }, { resourceVersion: "12" })), 422);
      assertStatus(await api.post(maps, configMap("one", {}, { resourceVersion: "12" })), 500);
    },
  },
  {
    name: "who sends a prefix with a name that is taken is told to try again",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      await api.create(maps, configMap("one"));
      const answer = await api.post(maps, configMap("one", {}, { generateName: "o" }));
      assertStatus(answer, 409, {
        reason: "AlreadyExists",
        message: 'configmaps "one" already exists, the server was not able to generate a unique name for the object',
        details: { name: "one", kind: "configmaps", retryAfterSeconds: 1 },
      });
      assert.equal(answer.headers["retry-after"], "1");
    },
  },
  {
    name: "a uid is looked at before a resourceVersion that is no number, when replacing what is not there",
    async run(api) {
      const leases = paths.leases(await api.namespace());
      const object = lease("one");
      const metadata = { ...object.metadata, resourceVersion: "none" };
      assertStatus(await api.put(`${leases}/one`, { ...object, metadata }), 500);
      assertStatus(await api.put(`${leases}/one`, { ...object, metadata: { ...metadata, uid: "other" } }), 409);
    },
  },
  {
    name: "replacing without a resourceVersion overwrites a ConfigMap",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const put = assertCode(await api.put(`${paths.configMaps(ns)}/one`, configMap("one", { b: "2" })), 200);
      assert.deepEqual(put.data, { b: "2" });
    },
  },
  {
    name: "replacing without a resourceVersion is refused for a Lease",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.leases(ns), lease("one"));
      const status = assertStatus(await api.put(`${paths.leases(ns)}/one`, lease("one")), 422, { reason: "Invalid" });
      assertIncludes(status.details.causes, [{ field: "metadata.resourceVersion", reason: "FieldValueInvalid" }]);
      assert.match(status.message, /must be specified for an update/);
    },
  },
  {
    name: "replacing without a resourceVersion is refused for a custom resource",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      await api.create(kind.path(ns), object);
      assertStatus(await api.put(kind.path(ns, "one"), object), 422, {
        message: `${kind.plural}.${kind.group} "one" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
        details: { name: "one", group: kind.group, kind: kind.plural },
      });
    },
  },
  {
    name: "replacing what is not there creates a Lease, and is 404 for a ConfigMap and a custom resource",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      assertCode(await api.put(`${paths.leases(ns)}/new`, lease("new")), 201);
      assertStatus(await api.put(`${paths.configMaps(ns)}/new`, configMap("new")), 404, { reason: "NotFound" });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "new" } };
      assertStatus(await api.put(kind.path(ns, "new"), object), 404, { reason: "NotFound" });
    },
  },
  {
    name: "replacing with an old resourceVersion is a conflict",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      assertCode(await api.put(`${paths.configMaps(ns)}/one`, { ...made, data: { b: "2" } }), 200);
      assertStatus(await api.put(`${paths.configMaps(ns)}/one`, { ...made, data: { c: "3" } }), 409, {
        reason: "Conflict",
        message:
          'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: "one", kind: "configmaps" },
      });
    },
  },
  {
    name: "replacing with a resourceVersion that is no number is 500",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.put(`${paths.configMaps(ns)}/one`, configMap("one", {}, { resourceVersion: "abc" })), 500);
    },
  },
  {
    name: "a body of null is an empty object",
    async run(api) {
      const ns = await api.namespace();
      const status = assertStatus(await api.post(paths.configMaps(ns), "null"), 422, { reason: "Invalid" });
      assertIncludes(status.details.causes, [{ field: "metadata.name", reason: "FieldValueRequired" }]);
    },
  },
  {
    name: "an object may be asked for and given as YAML",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const answer = await api.get(`${paths.configMaps(ns)}/one`, { headers: { accept: "application/yaml" } });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "application/yaml");
      assertIncludes(parse(answer.text), { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" }, data: { a: "1" } });
    },
  },
  {
    name: "an object created with a generateName and a name keeps the name",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one", {}, { generateName: "made-" }));
      assertIncludes(made.metadata, { name: "one", generateName: "made-" });
    },
  },
  {
    name: "what only the server may set is not taken from a client",
    async run(api) {
      const ns = await api.namespace();
      const metadata = {
        uid: "11111111-2222-3333-4444-555555555555",
        creationTimestamp: "2020-01-01T00:00:00Z",
        deletionTimestamp: "2020-01-01T00:00:00Z",
        deletionGracePeriodSeconds: 5,
        selfLink: "/x",
      };
      const made = await api.create(paths.configMaps(ns), configMap("one", {}, metadata));
      assert.notEqual(made.metadata.uid, metadata.uid);
      assert.notEqual(made.metadata.creationTimestamp, metadata.creationTimestamp);
      assertIncludes(made.metadata, { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined });
    },
  },
  {
    name: "owner references are validated, and two controllers are one too many",
    async run(api) {
      const ns = await api.namespace();
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "11111111-2222-3333-4444-555555555555" };
      const made = await api.create(
        paths.configMaps(ns),
        configMap("one", {}, { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] }),
      );
      assertIncludes(made.metadata.ownerReferences, [{ ...owner, controller: true }]);
      const bare = assertStatus(await api.post(paths.configMaps(ns), configMap("two", {}, { ownerReferences: [{ name: "o" }] })), 422);
      assert.ok(bare.details.causes.length >= 3, JSON.stringify(bare.details.causes));
      const uid = "22222222-2222-3333-4444-555555555555";
      const ownerReferences = [
        { ...owner, controller: true },
        { ...owner, name: "p", uid, controller: true },
      ];
      const twice = assertStatus(await api.post(paths.configMaps(ns), configMap("three", {}, { ownerReferences })), 422);
      assert.match(twice.message, /Only one reference can have Controller set to true/);
    },
  },
  {
    name: "replacing with an object of another name is 400",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      assertStatus(await api.put(`${paths.configMaps(ns)}/one`, configMap("two")), 400, {
        reason: "BadRequest",
        message: "the name of the object (two) does not match the name on the URL (one)",
      });
    },
  },
  {
    name: "another uid is a conflict when replacing, and invalid when patching",
    async run(api) {
      const ns = await api.namespace();
      await api.create(paths.configMaps(ns), configMap("one"));
      const uid = "11111111-2222-3333-4444-555555555555";
      assertStatus(await api.put(`${paths.configMaps(ns)}/one`, configMap("one", {}, { uid })), 409, { reason: "Conflict" });
      assertStatus(await api.patch("merge", `${paths.configMaps(ns)}/one`, { metadata: { uid } }), 422, { reason: "Invalid" });
    },
  },
  {
    name: "applying to a missing object conflicts with a uid, and creates with a resourceVersion",
    async run(api) {
      const ns = await api.namespace();
      const uid = "11111111-2222-3333-4444-555555555555";
      assertStatus(await api.apply(`${paths.configMaps(ns)}/one`, "me", configMap("one", {}, { uid })), 409, { reason: "Conflict" });
      assertCode(await api.apply(`${paths.configMaps(ns)}/one`, "me", configMap("one", {}, { resourceVersion: "1" })), 201);
    },
  },
  {
    name: "writing what is there already changes no resourceVersion",
    async run(api) {
      const ns = await api.namespace();
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const put = assertCode(await api.put(`${paths.configMaps(ns)}/one`, made), 200);
      assert.equal(put.metadata.resourceVersion, made.metadata.resourceVersion);
      const patched = assertCode(await api.patch("merge", `${paths.configMaps(ns)}/one`, { data: { a: "1" } }), 200);
      assert.equal(patched.metadata.resourceVersion, made.metadata.resourceVersion);
    },
  },
  {
    name: "dryRun answers as if it had been done, and does nothing",
    async run(api) {
      const ns = await api.namespace();
      const dry = assertCode(await api.post(`${paths.configMaps(ns)}?dryRun=All`, configMap("one")), 201);
      assert.equal(dry.metadata.name, "one");
      assert.equal(dry.metadata.resourceVersion, undefined);
      assertStatus(await api.get(`${paths.configMaps(ns)}/one`), 404);
      const made = await api.create(paths.configMaps(ns), configMap("one"));
      const patched = assertCode(await api.patch("merge", `${paths.configMaps(ns)}/one?dryRun=All`, { data: { b: "2" } }), 200);
      assert.deepEqual(patched.data, { a: "1", b: "2" });
      assertCode(await api.delete(`${paths.configMaps(ns)}/one?dryRun=All`), 200);
      assert.deepEqual(assertCode(await api.get(`${paths.configMaps(ns)}/one`), 200), made);
      assertStatus(await api.post(`${paths.configMaps(ns)}?dryRun=Some`, configMap("two")), 422, { reason: "Invalid" });
    },
  },
];
