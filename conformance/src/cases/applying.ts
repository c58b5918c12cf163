import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, type ApiCase, type CustomKindOptions } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";
import { configMap, deployment, paths, pod, service } from "./sample-objects.ts";

function managersOf(object: JsonBody): string[] {
  return (object.metadata.managedFields ?? []).map(
    (entry: JsonBody) => `${entry.manager} ${entry.operation}${entry.subresource ? ` ${entry.subresource}` : ""}`,
  );
}

function entryOf(object: JsonBody, manager: string): JsonBody {
  return object.metadata.managedFields?.find((entry: JsonBody) => entry.manager === manager);
}

/** A ConfigMap of metadata alone: an empty `data` would be owned as a whole. */
function bare(metadata: JsonBody): JsonBody {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one", ...metadata } };
}

/** A kind with status that is served in two versions, whose schemas are one but for their description. */
function twoVersions(): CustomKindOptions {
  const spec = { type: "object", properties: { size: { type: "integer" }, nested: { type: "object" } } };
  const status = { type: "object", properties: { ready: { type: "integer" } } };
  const version = (name: string): JsonBody => ({
    name,
    served: true,
    storage: name === "v1",
    schema: { openAPIV3Schema: { type: "object", description: name, properties: { spec, status } } },
    subresources: { status: {} },
  });
  return { spec: { versions: [version("v1"), version("v2")] } };
}

/** Server-side apply: ownership, conflicts, merging by schema. */
export const applyingCases: readonly ApiCase[] = [
  {
    name: "apply creates what is missing, answers 201, and tracks the fields",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(await api.apply(`${paths.configMaps(ns)}/one`, "alpha", configMap("one", { a: "1", b: "2" })), 201);
      assertIncludes(made, { data: { a: "1", b: "2" }, metadata: { name: "one", namespace: ns } });
      const [entry] = made.metadata.managedFields;
      assert.equal(made.metadata.managedFields.length, 1);
      assertIncludes(entry, { manager: "alpha", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" });
      assert.match(entry.time, /Z$/);
      assert.deepEqual(entry.fieldsV1, { "f:data": { "f:a": {}, "f:b": {} } });
    },
  },
  {
    name: "applying the same again changes nothing",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const made = assertCode(await api.apply(path, "alpha", configMap("one")), 201);
      const again = assertCode(await api.apply(path, "alpha", configMap("one")), 200);
      assert.deepEqual(again, made);
    },
  },
  {
    name: "what an applier leaves out of its next apply is removed",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1", b: "2" }));
      const next = assertCode(await api.apply(path, "alpha", configMap("one", { b: "3" })), 200);
      assert.deepEqual(next.data, { b: "3" });
    },
  },
  {
    name: "two appliers share an object, and what both own stays when one lets go",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1", both: "x" }));
      const shared = assertCode(await api.apply(path, "beta", configMap("one", { b: "2", both: "x" })), 200);
      assert.deepEqual(shared.data, { a: "1", b: "2", both: "x" });
      assert.deepEqual(managersOf(shared), ["alpha Apply", "beta Apply"]);
      const left = assertCode(await api.apply(path, "alpha", configMap("one", { a: "1" })), 200);
      assert.deepEqual(left.data, { a: "1", b: "2", both: "x" });
      assert.deepEqual(entryOf(left, "alpha").fieldsV1, { "f:data": { "f:a": {} } });
    },
  },
  {
    name: "another manager's value is a conflict that names manager and field",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1" }));
      const status = assertStatus(await api.apply(path, "beta", configMap("one", { a: "2" })), 409, {
        reason: "Conflict",
        message: 'Apply failed with 1 conflict: conflict with "alpha": .data.a',
      });
      assert.deepEqual(status.details, {
        causes: [{ reason: "FieldManagerConflict", message: 'conflict with "alpha"', field: ".data.a" }],
      });
    },
  },
  {
    name: "force takes the field over",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1", keep: "x" }));
      const forced = assertCode(await api.apply(path, "beta", configMap("one", { a: "2" }), "&force=true"), 200);
      assert.deepEqual(forced.data, { a: "2", keep: "x" });
      assert.deepEqual(entryOf(forced, "alpha").fieldsV1, { "f:data": { "f:keep": {} } });
      assert.deepEqual(entryOf(forced, "beta").fieldsV1, { "f:data": { "f:a": {} } });
    },
  },
  {
    name: "apply conflicts with what was written by an update, naming its manager and time",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.post(`${paths.configMaps(ns)}?fieldManager=maker`, configMap("one", { a: "1" }));
      const made = assertCode(await api.get(path), 200);
      assert.deepEqual(managersOf(made), ["maker Update"]);
      assert.deepEqual(entryOf(made, "maker").fieldsV1, { "f:data": { ".": {}, "f:a": {} } });
      const status = assertStatus(await api.apply(path, "alpha", configMap("one", { a: "2" })), 409);
      assert.match(status.message, /^Apply failed with 1 conflict: conflict with "maker" using v1( at \S+Z)?: \.data\.a$/);
    },
  },
  {
    name: "an update takes what it changes from an applier",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1", b: "2" }));
      const patched = assertCode(await api.patch("merge", `${path}?fieldManager=editor`, { data: { a: "9" } }), 200);
      assert.deepEqual(entryOf(patched, "alpha").fieldsV1, { "f:data": { "f:b": {} } });
      assertIncludes(entryOf(patched, "editor"), { operation: "Update", fieldsV1: { "f:data": { "f:a": {} } } });
    },
  },
  {
    name: "the manager of an update is the user agent up to its slash",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(
        await api.post(paths.configMaps(ns), configMap("one"), { headers: { "user-agent": "my-tool/v1.2 (linux)" } }),
        201,
      );
      assert.deepEqual(managersOf(made), ["my-tool Update"]);
    },
  },
  {
    name: "apply needs a fieldManager, and force belongs to apply alone",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const status = assertStatus(await api.patch("apply", path, configMap("one")), 422, { reason: "Invalid" });
      assert.match(status.message, /fieldManager: Required value: is required for apply patch/);
      await api.create(paths.configMaps(ns), configMap("one"));
      const forced = assertStatus(await api.patch("merge", `${path}?force=true`, { data: {} }), 422, { reason: "Invalid" });
      assert.match(forced.message, /force: Forbidden: may not be specified for non-apply patch/);
    },
  },
  {
    name: "apply without a name in the body is 400, with another name too",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      assertStatus(await api.apply(path, "alpha", { apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } }), 400, {
        reason: "BadRequest",
      });
      assertStatus(await api.apply(path, "alpha", configMap("two")), 400, { reason: "BadRequest" });
    },
  },
  {
    name: "apply with managedFields in the body is 400",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(await api.apply(`${paths.configMaps(ns)}/one`, "alpha", configMap("one")), 201);
      const status = assertStatus(await api.apply(`${paths.configMaps(ns)}/one`, "alpha", made), 400, { reason: "BadRequest" });
      assert.equal(status.message, "metadata.managedFields must be nil");
    },
  },
  {
    name: "apply with an unknown field, a wrong type or a duplicate key is 500 without a reason",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const unknown = assertStatus(await api.apply(path, "alpha", { ...configMap("one"), extra: 1 }), 500);
      assert.match(unknown.message, /\.extra: field not declared in schema/);
      assert.equal(unknown.reason, undefined);
      const wrong = assertStatus(await api.apply(path, "alpha", { ...configMap("one"), data: { a: { b: 1 } } }), 500);
      assert.equal(wrong.reason, undefined);
      const twice = pod("one");
      twice.spec.containers.push({ name: "main", image: "other:1" });
      const duplicate = assertStatus(await api.apply(`${paths.pods(ns)}/one`, "alpha", twice), 500);
      assert.match(duplicate.message, /duplicate entries for key \[name="main"\]/);
    },
  },
  {
    name: "letting go of all keys leaves the map owned and present",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1" }));
      const emptied = assertCode(await api.apply(path, "alpha", configMap("one", {})), 200);
      assert.deepEqual(entryOf(emptied, "alpha").fieldsV1, { "f:data": {} });
      assert.equal(emptied.data, undefined);
    },
  },
  {
    name: "an apply that changes only ownership keeps the values",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const made = assertCode(await api.apply(path, "alpha", configMap("one")), 201);
      const owned = assertCode(await api.apply(path, "beta", configMap("one")), 200);
      assert.deepEqual(owned.data, made.data);
      // The entry that changed no value has no time, and so comes first.
      assert.deepEqual(managersOf(owned), ["beta Apply", "alpha Apply"]);
      assert.equal(entryOf(owned, "beta").time, undefined);
      assert.notEqual(owned.metadata.resourceVersion, made.metadata.resourceVersion);
      const dropped = assertCode(await api.apply(path, "beta", configMap("one", {})), 200);
      assert.deepEqual(dropped.data, { a: "1" });
    },
  },
  {
    name: "managedFields: null keeps them, an empty list empties them for good",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one"));
      const kept = assertCode(await api.patch("merge", path, { metadata: { managedFields: null } }), 200);
      assert.deepEqual(managersOf(kept), ["alpha Apply"]);
      const emptied = assertCode(await api.patch("merge", path, { metadata: { managedFields: [] } }), 200);
      assert.equal(emptied.metadata.managedFields, undefined);
      const later = assertCode(await api.patch("merge", `${path}?fieldManager=later`, { data: { z: "1" } }), 200);
      assert.equal(later.metadata.managedFields, undefined);
    },
  },
  {
    name: "managedFields of an empty entry empties them, unreadable entries are dropped",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one"));
      const emptied = assertCode(await api.patch("merge", path, { metadata: { managedFields: [{}] } }), 200);
      assert.equal(emptied.metadata.managedFields, undefined);
      await api.apply(`${paths.configMaps(ns)}/two`, "alpha", configMap("two"));
      const unreadable = { manager: "x", operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV9", fieldsV1: {} };
      const dropped = await api.patch("merge", `${paths.configMaps(ns)}/two`, { metadata: { managedFields: [unreadable] } });
      assert.ok(dropped.status === 200 || dropped.status === 422, String(dropped.status));
    },
  },
  {
    name: "the conflicts of an apply with many fields are told all at once",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      await api.apply(path, "alpha", configMap("one", { a: "1", b: "1" }));
      await api.apply(path, "beta", configMap("one", { c: "1" }));
      const status = assertStatus(await api.apply(path, "gamma", configMap("one", { a: "2", b: "2", c: "2" })), 409);
      assert.match(
        status.message,
        /^Apply failed with 3 conflicts: conflicts with "alpha":\n- \.data\.a\n- \.data\.b\nconflicts with "beta":\n- \.data\.c$/,
      );
      assert.equal(status.details.causes.length, 3);
    },
  },
  {
    name: "an applier that sets the same values shares them without force",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.deployments(ns)}/web`;
      assertCode(await api.apply(path, "alpha", deployment("web")), 201);
      const shared = assertCode(await api.apply(path, "beta", deployment("web")), 200);
      assert.deepEqual(managersOf(shared).toSorted(), ["alpha Apply", "beta Apply"]);
      assert.equal(shared.metadata.generation, 1);
      assertStatus(await api.apply(path, "beta", { ...deployment("web"), spec: { ...deployment("web").spec, replicas: 3 } }), 409, {
        message: 'Apply failed with 1 conflict: conflict with "alpha": .spec.replicas',
      });
    },
  },
  {
    name: "a scaler takes the replicas, and the applier that lets go of them leaves them",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.deployments(ns)}/web`;
      await api.apply(path, "alpha", deployment("web"));
      assertCode(await api.patch("merge", `${path}?fieldManager=scaler`, { spec: { replicas: 5 } }), 200);
      const { replicas: _, ...spec } = deployment("web").spec;
      const kept = assertCode(await api.apply(path, "alpha", { ...deployment("web"), spec }), 200);
      assert.equal(kept.spec.replicas, 5);
      assertStatus(await api.apply(path, "alpha", deployment("web")), 409);
    },
  },
  {
    name: "labels, annotations and finalizers of metadata are owned by key and by value",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      const metadata = { labels: { l: "1" }, annotations: { n: "1" }, finalizers: ["example.com/a"] };
      const made = assertCode(await api.apply(path, "alpha", bare(metadata)), 201);
      assert.deepEqual(entryOf(made, "alpha").fieldsV1["f:metadata"], {
        "f:annotations": { "f:n": {} },
        "f:finalizers": { 'v:"example.com/a"': {} },
        "f:labels": { "f:l": {} },
      });
      const both = assertCode(await api.apply(path, "beta", bare({ finalizers: ["example.com/b"] })), 200);
      assert.deepEqual(both.metadata.finalizers, ["example.com/a", "example.com/b"]);
      const released = assertCode(await api.apply(path, "alpha", bare({})), 200);
      assertIncludes(released.metadata, { finalizers: ["example.com/b"], labels: undefined, annotations: undefined });
      assertCode(await api.patch("merge", path, { metadata: { finalizers: null } }), 200);
    },
  },
  {
    name: "containers are merged by name, ports by number and protocol",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.deployments(ns)}/web`;
      const main = deployment("web");
      main.spec.template.spec.containers[0].ports = [{ containerPort: 80 }];
      const made = assertCode(await api.apply(path, "alpha", main), 201);
      const fields = entryOf(made, "alpha").fieldsV1["f:spec"]["f:template"]["f:spec"]["f:containers"];
      assert.deepEqual(fields, {
        'k:{"name":"main"}': {
          ".": {},
          "f:image": {},
          "f:name": {},
          "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
        },
      });
      const side = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
      const injected = assertCode(
        await api.apply(path, "beta", { ...side, spec: { template: { spec: { containers: [{ name: "side", image: "side:1" }] } } } }),
        200,
      );
      assert.deepEqual(
        injected.spec.template.spec.containers.map((container: JsonBody) => container.name),
        ["main", "side"],
      );
      const removed = assertCode(await api.apply(path, "beta", side), 200);
      assert.deepEqual(
        removed.spec.template.spec.containers.map((container: JsonBody) => container.name),
        ["main"],
      );
    },
  },
  {
    name: "ports of a Service with one number and two protocols are two ports",
    async run(api) {
      const ns = await api.namespace();
      const dns = service("dns");
      dns.spec.ports = [
        { name: "udp", port: 53, protocol: "UDP" },
        { name: "tcp", port: 53, protocol: "TCP" },
      ];
      const made = assertCode(await api.apply(`${paths.services(ns)}/dns`, "alpha", dns), 201);
      assert.deepEqual(Object.keys(entryOf(made, "alpha").fieldsV1["f:spec"]["f:ports"]).sort(), [
        'k:{"port":53,"protocol":"TCP"}',
        'k:{"port":53,"protocol":"UDP"}',
      ]);
    },
  },
  {
    name: "a selector is atomic: one manager owns it whole",
    async run(api) {
      const ns = await api.namespace();
      const made = assertCode(await api.apply(`${paths.services(ns)}/one`, "alpha", service("one")), 201);
      assert.deepEqual(entryOf(made, "alpha").fieldsV1["f:spec"]["f:selector"], {});
      const other = { ...service("one"), spec: { selector: { other: "x" } } };
      assertStatus(await api.apply(`${paths.services(ns)}/one`, "beta", other), 409, {
        message: 'Apply failed with 1 conflict: conflict with "alpha": .spec.selector',
      });
    },
  },
  {
    name: "a custom resource's lists are merged as its schema says",
    async run(api) {
      const ns = await api.namespace();
      const text = { type: "string" };
      const item = { type: "object", required: ["key"], properties: { key: text, value: text } };
      const schema = {
        type: "object",
        properties: {
          spec: {
            type: "object",
            properties: {
              map: { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"], items: item },
              set: { type: "array", "x-kubernetes-list-type": "set", items: text },
              plain: { type: "array", items: text },
              whole: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: text },
              parts: { type: "object", additionalProperties: text },
            },
          },
        },
      };
      const kind = await api.customKind({ schema });
      const object = (spec: JsonBody): JsonBody => ({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec });
      const path = kind.path(ns, "one");
      const spec = { map: [{ key: "a", value: "1" }], set: ["x"], plain: ["p"], whole: { a: "1" }, parts: { a: "1" } };
      const made = assertCode(await api.apply(path, "alpha", object(spec)), 201);
      assert.deepEqual(entryOf(made, "alpha").fieldsV1, {
        "f:spec": {
          "f:map": { 'k:{"key":"a"}': { ".": {}, "f:key": {}, "f:value": {} } },
          "f:parts": { "f:a": {} },
          "f:plain": {},
          "f:set": { 'v:"x"': {} },
          "f:whole": {},
        },
      });
      const beta = { map: [{ key: "b", value: "2" }], set: ["y"], parts: { b: "2" } };
      const merged = assertCode(await api.apply(path, "beta", object(beta)), 200);
      assert.deepEqual(merged.spec, {
        map: [
          { key: "a", value: "1" },
          { key: "b", value: "2" },
        ],
        parts: { a: "1", b: "2" },
        plain: ["p"],
        set: ["x", "y"],
        whole: { a: "1" },
      });
      const status = assertStatus(await api.apply(path, "beta", object({ ...beta, plain: ["q"], whole: { b: "2" } })), 409);
      assert.deepEqual(status.details.causes.map((cause: JsonBody) => cause.field).sort(), [".spec.plain", ".spec.whole"]);
      const alone = assertCode(await api.apply(path, "alpha", object({})), 200);
      assertIncludes(alone.spec, { map: [{ key: "b", value: "2" }], set: ["y"], parts: { b: "2" }, plain: undefined, whole: undefined });
    },
  },
  {
    name: "a status applied through the subresource is owned apart from the spec",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ version: { subresources: { status: {} } } });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      const path = kind.path(ns, "one");
      assertCode(await api.apply(path, "alpha", { ...object, spec: { a: 1 } }), 201);
      const answer = assertCode(await api.apply(`${path}/status`, "alpha", { ...object, status: { ready: true } }), 200);
      assert.deepEqual(managersOf(answer), ["alpha Apply", "alpha Apply status"]);
      assertIncludes(answer, { spec: { a: 1 }, status: { ready: true } });
      const again = assertCode(await api.apply(path, "alpha", { ...object, spec: { a: 1 } }), 200);
      assertIncludes(again, { status: { ready: true } });
    },
  },
  {
    name: "a status sent to the object itself is dropped, but conflicts with its owner when that wrote it in another version",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind(twoVersions());
      const path = kind.path(ns, "one");
      const inV2 = path.replace("/v1/", "/v2/");
      const object = (version: string, more: JsonBody): JsonBody => ({
        apiVersion: `${kind.group}/${version}`,
        kind: kind.kind,
        metadata: { name: "one" },
        ...more,
      });
      assertCode(await api.apply(path, "alpha", object("v1", { spec: { size: 1 } })), 201);
      assertCode(await api.apply(`${path}/status`, "gamma", object("v1", { status: { ready: 1 } })), 200);
      const own = assertCode(await api.apply(path, "beta", object("v1", { status: { ready: 2 } })), 200);
      assert.deepEqual([own.status, managersOf(own)], [{ ready: 1 }, ["alpha Apply", "gamma Apply status"]]);
      assertStatus(await api.apply(inV2, "beta", object("v2", { status: { ready: 2 } })), 409, {
        message: 'Apply failed with 1 conflict: conflict with "gamma" with subresource "status": .status.ready',
      });
      const forced = assertCode(await api.apply(inV2, "beta", object("v2", { status: { ready: 2 } }), "&force=true"), 200);
      assert.deepEqual([forced.status, managersOf(forced)], [{ ready: 1 }, ["alpha Apply"]]);
    },
  },
  {
    name: "an update of the object that carries another status takes that from owners in other versions, and changes nothing else",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind(twoVersions());
      const path = kind.path(ns, "one");
      const inV2 = path.replace("/v1/", "/v2/");
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec: { size: 1 } });
      const written = assertCode(await api.patch("merge", `${path}/status?fieldManager=writer`, { status: { ready: 1 } }), 200);
      const same = assertCode(await api.patch("merge", `${path}?fieldManager=editor`, { status: { ready: 2 } }), 200);
      assert.deepEqual(same, written);
      const other = assertCode(await api.patch("merge", `${inV2}?fieldManager=editor`, { status: { ready: 2 } }), 200);
      assert.notEqual(other.metadata.resourceVersion, written.metadata.resourceVersion);
      assert.deepEqual([other.status, entryOf(other, "writer").fieldsV1], [{ ready: 1 }, { "f:status": {} }]);
    },
  },
  {
    name: "a status write that carries another spec takes nothing from the owners of the spec, in whatever version",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind(twoVersions());
      const path = kind.path(ns, "one");
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      const made = await api.create(kind.path(ns), { ...object, spec: { size: 1 } });
      for (const version of ["v1", "v2"]) {
        const status = `${path.replace("/v1/", `/${version}/`)}/status?fieldManager=writer`;
        const same = assertCode(await api.patch("merge", status, { spec: { size: 2 } }), 200);
        assertIncludes(same, { metadata: { resourceVersion: made.metadata.resourceVersion }, spec: { size: 1 } });
      }
      const applied = assertCode(
        await api.apply(`${path}/status`, "gamma", { ...object, spec: { nested: null }, status: { ready: 1 } }),
        200,
      );
      assert.deepEqual([applied.spec, applied.status], [{ size: 1 }, { ready: 1 }]);
      assert.deepEqual(entryOf(applied, "gamma").fieldsV1, { "f:status": { "f:ready": {} } });
    },
  },
  {
    name: "apply takes YAML",
    async run(api) {
      const ns = await api.namespace();
      const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: "1"\n  text: |\n    two\n    lines\n';
      const made = assertCode(await api.apply(`${paths.configMaps(ns)}/one`, "alpha", text), 201);
      assert.deepEqual(made.data, { a: "1", text: "two\nlines\n" });
    },
  },
  {
    name: "a dry run of apply tells the conflict and changes nothing",
    async run(api) {
      const ns = await api.namespace();
      const path = `${paths.configMaps(ns)}/one`;
      assertCode(await api.apply(path, "alpha", configMap("one"), "&dryRun=All"), 201);
      assertStatus(await api.get(path), 404);
      const made = assertCode(await api.apply(path, "alpha", configMap("one")), 201);
      assertStatus(await api.apply(path, "beta", configMap("one", { a: "2" }), "&dryRun=All"), 409);
      assertCode(await api.apply(path, "beta", configMap("one", { a: "2" }), "&dryRun=All&force=true"), 200);
      assert.deepEqual(assertCode(await api.get(path), 200), made);
    },
  },
  {
    name: "a null in an item of a list map is owned where the field may be null, and dropped where not",
    async run(api) {
      const text = { type: "string" };
      const item = { type: "object", required: ["name"], properties: { name: text, nullable: { ...text, nullable: true }, plain: text } };
      const items = { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], items: item };
      const kind = await api.customKind({
        schema: { type: "object", properties: { spec: { type: "object", properties: { items } } } },
      });
      const ns = await api.namespace();
      const widget = (name: string, fields: object): JsonBody => ({
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name },
        spec: { items: [{ name: "x", ...fields }] },
      });
      const owned = ({ metadata }: JsonBody): JsonBody => metadata.managedFields[0].fieldsV1["f:spec"]["f:items"]['k:{"name":"x"}'];
      const nullable = await api.create(kind.path(ns), widget("a", { nullable: null }));
      assert.deepEqual(
        [nullable.spec.items, owned(nullable)],
        [[{ name: "x", nullable: null }], { ".": {}, "f:name": {}, "f:nullable": {} }],
      );
      const plain = await api.create(kind.path(ns), widget("b", { plain: null }));
      assert.deepEqual([plain.spec.items, owned(plain)], [[{ name: "x" }], { ".": {}, "f:name": {} }]);
      const both = await api.create(`${kind.path(ns)}?fieldManager=m`, widget("c", { nullable: "n", plain: "p" }));
      const changed = assertCode(
        await api.put(`${kind.path(ns, "c")}?fieldManager=o`, { ...both, ...widget("c", { nullable: null }), metadata: both.metadata }),
        200,
      );
      assert.deepEqual(
        changed.metadata.managedFields.map((entry: JsonBody) => [entry.manager, entry.fieldsV1["f:spec"]["f:items"]['k:{"name":"x"}']]),
        [
          ["m", { ".": {}, "f:name": {} }],
          ["o", { "f:nullable": {} }],
        ],
      );
      assertStatus(await api.apply(kind.path(ns, "d"), "m", widget("d", { plain: null })), 422);
    },
  },
  {
    name: "what is applied is merged before its resourceVersion is looked at, and its uid after that",
    async run(api) {
      const maps = paths.configMaps(await api.namespace());
      await api.create(maps, configMap("one"));
      const stale = { resourceVersion: "1", uid: "other" };
      assertStatus(await api.apply(`${maps}/one`, "me", { ...configMap("one", {}, stale), data: { a: 1 } }), 500);
      const conflict = assertStatus(await api.apply(`${maps}/one`, "me", configMap("one", { a: "2" }, stale)), 409);
      assert.match(conflict.message, /Apply failed with 1 conflict/);
      const forced = assertStatus(await api.apply(`${maps}/one`, "me", configMap("one", { a: "2" }, stale), "&force=true"), 409);
      assert.match(forced.message, /the object has been modified/);
      const { resourceVersion } = assertCode(await api.get(`${maps}/one`), 200).metadata;
      const other = configMap("one", { a: "2" }, { resourceVersion, uid: "other" });
      const refused = assertStatus(await api.apply(`${maps}/one`, "me", other, "&force=true"), 422);
      assert.match(refused.message, /metadata\.uid: Invalid value: "other": field is immutable/);
    },
  },
];
