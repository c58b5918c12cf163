import assert from "node:assert/strict";
import { assertCode, assertIncludes, assertStatus, CRDS, type ApiCase } from "../api-case.ts";
import type { JsonBody } from "../raw-http.ts";

function conditionOf(object: JsonBody, type: string): string | undefined {
  return object.status?.conditions?.find((condition: JsonBody) => condition.type === type)?.status;
}

const integer = { type: "integer" };
const text = { type: "string" };

function withSpec(spec: JsonBody): JsonBody {
  return { type: "object", properties: { spec: { type: "object", ...spec } } };
}

function openVersion(name: string, storage: boolean): JsonBody {
  const schema = { openAPIV3Schema: withSpec({ "x-kubernetes-preserve-unknown-fields": true }) };
  return { name, served: true, storage, schema };
}

/** CustomResourceDefinitions and what they make of custom resources. */
export const customizingCases: readonly ApiCase[] = [
  {
    name: "a CRD becomes established and then serves its kind",
    async run(api) {
      const definition = api.crd();
      const made = await api.create(CRDS, definition);
      const name = made.metadata.name;
      api.onEnd(() => api.delete(`${CRDS}/${name}`));
      assertIncludes(made.spec, { conversion: { strategy: "None" }, names: { listKind: "WidgetList", singular: "widget" } });
      await api.eventually(async () => {
        const now = assertCode(await api.get(`${CRDS}/${name}`), 200);
        assert.equal(conditionOf(now, "Established"), "True");
        assert.equal(conditionOf(now, "NamesAccepted"), "True");
        assertIncludes(now.status, {
          storedVersions: ["v1"],
          acceptedNames: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
        });
        assertCode(await api.get(`/apis/${definition.spec.group}/v1/widgets`), 200);
      });
    },
  },
  {
    name: "the singular name and list kind of a CRD have defaults",
    async run(api) {
      const definition = api.crd({ spec: { names: { plural: "widgets", kind: "Widget" } } });
      const made = await api.create(CRDS, definition);
      api.onEnd(() => api.delete(`${CRDS}/${made.metadata.name}`));
      assertIncludes(made.spec.names, { singular: "widget", listKind: "WidgetList" });
    },
  },
  {
    name: "a CRD whose name is not plural.group is refused",
    async run(api) {
      const definition = api.crd();
      definition.metadata.name = `other.${definition.spec.group}`;
      const status = assertStatus(await api.post(CRDS, definition), 422, { reason: "Invalid" });
      assertIncludes(status.details.causes[0], { field: "metadata.name" });
    },
  },
  {
    name: "a CRD without a schema, storage version or structural schema is refused",
    async run(api) {
      const none = api.crd();
      delete none.spec.versions[0].schema;
      assertStatus(await api.post(CRDS, none), 422, { reason: "Invalid" });
      const unstored = api.crd({ version: { storage: false } });
      assertStatus(await api.post(CRDS, unstored), 422, { reason: "Invalid" });
      const untyped = api.crd({ schema: { type: "object", properties: { spec: { properties: { a: integer } } } } });
      const status = assertStatus(await api.post(CRDS, untyped), 422, { reason: "Invalid" });
      assertIncludes(status.details.causes, [
        // The schema of an only version is moved to the top by the real server before it looks.
        {
          reason: "FieldValueRequired",
          field: "spec.validation.openAPIV3Schema.properties[spec].type",
          message: "Required value: must not be empty for specified object fields",
        },
      ]);
    },
  },
  {
    name: "deleting a CRD deletes its objects and its paths",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } });
      assertCode(await api.delete(`${CRDS}/${kind.crdName}`), 200);
      await api.eventually(async () => {
        assertStatus(await api.get(`${CRDS}/${kind.crdName}`), 404);
        assert.equal((await api.get(kind.path(ns))).status, 404);
      });
    },
  },
  {
    name: "a deleted CRD waits for objects that finalizers hold, and takes no new ones meanwhile",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = (name: string, finalizers: readonly string[] = []): JsonBody => ({
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name, finalizers },
      });
      await api.create(kind.path(ns), object("held", ["example.com/theirs"]));
      await api.create(kind.path(ns), object("free"));
      assertCode(await api.delete(`${CRDS}/${kind.crdName}`), 200);
      await api.eventually(async () => {
        assertStatus(await api.get(kind.path(ns, "free")), 404);
        const { metadata } = assertCode(await api.get(kind.path(ns, "held")), 200);
        assertIncludes(metadata, { deletionGracePeriodSeconds: 0, generation: 2, finalizers: ["example.com/theirs"] });
        assert.equal(conditionOf(assertCode(await api.get(`${CRDS}/${kind.crdName}`), 200), "Terminating"), "True");
      });
      const status = assertStatus(await api.post(kind.path(ns), object("new")), 403, { reason: "Forbidden" });
      assert.match(status.message, /"new" is forbidden: create not allowed while custom resource definition is terminating$/);
      assertCode(await api.patch("merge", kind.path(ns, "held"), { metadata: { finalizers: null } }), 200);
      await api.eventually(async () => assertStatus(await api.get(`${CRDS}/${kind.crdName}`), 404));
    },
  },
  {
    name: "unknown fields are pruned, also below, unless the schema keeps them",
    async run(api) {
      const ns = await api.namespace();
      const schema = withSpec({
        properties: {
          a: integer,
          nested: { type: "object", properties: { b: integer } },
          list: { type: "array", items: { type: "object", properties: { c: integer } } },
          free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          map: { type: "object", additionalProperties: integer },
        },
      });
      const kind = await api.customKind({ schema });
      const spec = { a: 1, x: 1, nested: { b: 1, x: 1 }, list: [{ c: 1, x: 1 }], free: { any: { thing: 1 } }, map: { k: 1 } };
      const made = await api.create(kind.path(ns), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one" },
        spec,
        extra: 1,
      });
      assert.deepEqual(made.spec, { a: 1, nested: { b: 1 }, list: [{ c: 1 }], free: { any: { thing: 1 } }, map: { k: 1 } });
      assert.equal(made.extra, undefined);
    },
  },
  {
    name: "defaults are filled in on writing, level by level",
    async run(api) {
      const ns = await api.namespace();
      const schema = withSpec({
        default: {},
        properties: {
          size: { ...integer, default: 3 },
          nested: { type: "object", default: {}, properties: { mode: { ...text, default: "auto" } } },
          bare: { type: "object", properties: { mode: { ...text, default: "auto" } } },
        },
      });
      const kind = await api.customKind({ schema });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      const made = await api.create(kind.path(ns), object);
      assert.deepEqual(made.spec, { size: 3, nested: { mode: "auto" } });
      const set = await api.create(kind.path(ns), { ...object, metadata: { name: "two" }, spec: { size: 1, bare: {} } });
      assert.deepEqual(set.spec, { size: 1, nested: { mode: "auto" }, bare: { mode: "auto" } });
      const nulled = await api.create(kind.path(ns), { ...object, metadata: { name: "three" }, spec: { size: null } });
      assert.deepEqual(nulled.spec, { size: 3, nested: { mode: "auto" } });
    },
  },
  {
    name: "a default added later shows on reading without a new version or generation",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ schema: withSpec({ properties: { size: integer } }) });
      const made = await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec: {} });
      const patch = [{ op: "add", path: "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/default", value: 7 }];
      assertCode(await api.patch("json", `${CRDS}/${kind.crdName}`, patch), 200);
      await api.eventually(async () => {
        const got = assertCode(await api.get(kind.path(ns, "one")), 200);
        assert.deepEqual(got.spec, { size: 7 });
        assertIncludes(got.metadata, { resourceVersion: made.metadata.resourceVersion, generation: 1 });
      });
    },
  },
  {
    name: "values are validated, every error with its field",
    async run(api) {
      const ns = await api.namespace();
      const schema = withSpec({
        required: ["must"],
        properties: {
          must: integer,
          number: { type: "integer", minimum: 1, maximum: 5 },
          text: { type: "string", minLength: 2, maxLength: 3 },
          pattern: { type: "string", pattern: "^a+$" },
          choice: { type: "string", enum: ["x", "y"] },
          few: { type: "array", maxItems: 1, items: text },
          some: { type: "array", minItems: 1, items: text },
          typed: { type: "object" },
        },
      });
      const kind = await api.customKind({ schema });
      const spec = { number: 9, text: "long text", pattern: "bbb", choice: "z", few: ["1", "2"], some: [], typed: "text" };
      const answer = await api.post(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec });
      const status = assertStatus(answer, 422, { reason: "Invalid" });
      assertIncludes(status.details, { name: "one", group: kind.group, kind: "Widget" });
      const causes = status.details.causes.map((cause: JsonBody) => [cause.field, cause.reason].join(" ")).toSorted();
      assert.deepEqual(causes, [
        "spec.choice FieldValueNotSupported",
        "spec.few FieldValueTooMany",
        "spec.must FieldValueRequired",
        "spec.number FieldValueInvalid",
        "spec.pattern FieldValueInvalid",
        "spec.some FieldValueInvalid",
        "spec.text FieldValueTooLong",
        "spec.typed FieldValueTypeInvalid",
      ]);
    },
  },
  {
    name: "oneOf, not and int32 are reported without a field",
    async run(api) {
      const ns = await api.namespace();
      const schema = withSpec({
        properties: { a: { type: "integer", format: "int32" }, b: text, c: text },
        oneOf: [{ required: ["b"] }, { required: ["c"] }],
        not: { required: ["b", "c"] },
      });
      const kind = await api.customKind({ schema });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      const both = assertStatus(await api.post(kind.path(ns), { ...object, spec: { b: "1", c: "1" } }), 422);
      assert.ok(
        both.details.causes.some((cause: JsonBody) => cause.field === "<nil>"),
        JSON.stringify(both.details.causes),
      );
      const big = assertStatus(await api.post(kind.path(ns), { ...object, spec: { b: "1", a: 2 ** 33 } }), 422);
      assert.ok(
        big.details.causes.some((cause: JsonBody) => cause.field === "<nil>"),
        JSON.stringify(big.details.causes),
      );
      assertCode(await api.post(kind.path(ns), { ...object, spec: { b: "1", a: 2 ** 30 } }), 201);
    },
  },
  {
    name: "maxLength counts characters, not bytes",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ schema: withSpec({ properties: { text: { type: "string", maxLength: 3 } } }) });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind };
      assertCode(await api.post(kind.path(ns), { ...object, metadata: { name: "one" }, spec: { text: "äöü" } }), 201);
      assertCode(await api.post(kind.path(ns), { ...object, metadata: { name: "two" }, spec: { text: "🙂🙂🙂" } }), 201);
      const status = assertStatus(await api.post(kind.path(ns), { ...object, metadata: { name: "three" }, spec: { text: "äöüß" } }), 422);
      assertIncludes(status.details.causes, [{ field: "spec.text", message: "Too long: may not be more than 3 bytes" }]);
    },
  },
  {
    name: "int-or-string takes both, and nothing else",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ schema: withSpec({ properties: { port: { "x-kubernetes-int-or-string": true } } }) });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind };
      assertCode(await api.post(kind.path(ns), { ...object, metadata: { name: "one" }, spec: { port: 80 } }), 201);
      assertCode(await api.post(kind.path(ns), { ...object, metadata: { name: "two" }, spec: { port: "http" } }), 201);
      assertStatus(await api.post(kind.path(ns), { ...object, metadata: { name: "three" }, spec: { port: true } }), 422);
    },
  },
  {
    name: "null is kept where nullable, and dropped elsewhere",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({
        schema: withSpec({ properties: { may: { ...text, nullable: true }, not: { ...text, default: "d" } } }),
      });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" } };
      const made = await api.create(kind.path(ns), { ...object, spec: { may: null, not: null } });
      assert.deepEqual(made.spec, { may: null, not: "d" });
    },
  },
  {
    name: "the items of set and map lists must differ",
    async run(api) {
      const ns = await api.namespace();
      const schema = withSpec({
        properties: {
          set: { type: "array", "x-kubernetes-list-type": "set", items: text },
          map: {
            type: "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["key"],
            items: { type: "object", required: ["key"], properties: { key: text } },
          },
        },
      });
      const kind = await api.customKind({ schema });
      const spec = { set: ["a", "b", "a"], map: [{ key: "k" }, { key: "k" }] };
      const status = assertStatus(
        await api.post(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec }),
        422,
      );
      const causes = status.details.causes.map((cause: JsonBody) => `${cause.field} ${cause.reason}`).toSorted();
      assert.deepEqual(causes, ["spec.map[1] FieldValueDuplicate", "spec.set[2] FieldValueDuplicate"]);
    },
  },
  {
    name: "with a status subresource, a write to the object leaves the status alone",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ version: { subresources: { status: {} } } });
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec: { a: 1 }, status: { ready: true } };
      const made = await api.create(kind.path(ns), object);
      assertIncludes(made, { spec: { a: 1 }, status: undefined, metadata: { generation: 1 } });
      const path = kind.path(ns, "one");
      const status = assertCode(await api.put(`${path}/status`, { ...made, spec: { a: 99 }, status: { ready: true } }), 200);
      assertIncludes(status, { spec: { a: 1 }, status: { ready: true }, metadata: { generation: 1 } });
      const spec = assertCode(await api.put(path, { ...status, spec: { a: 2 }, status: { ready: false } }), 200);
      assertIncludes(spec, { spec: { a: 2 }, status: { ready: true }, metadata: { generation: 2 } });
      const patched = assertCode(
        await api.patch("merge", `${path}/status`, { status: { more: 1 }, spec: { a: 7 }, metadata: { labels: { x: "1" } } }),
        200,
      );
      assertIncludes(patched, { spec: { a: 2 }, status: { ready: true, more: 1 }, metadata: { generation: 2, labels: undefined } });
    },
  },
  {
    name: "without a status subresource, status is a field like others",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, status: { ready: true } };
      const made = await api.create(kind.path(ns), object);
      assertIncludes(made, { status: { ready: true }, metadata: { generation: 1 } });
      const patched = assertCode(await api.patch("merge", kind.path(ns, "one"), { status: { ready: false } }), 200);
      assertIncludes(patched, { status: { ready: false }, metadata: { generation: 2 } });
    },
  },
  {
    name: "labels and annotations do not raise a custom resource's generation",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one", generation: 5 } });
      const path = kind.path(ns, "one");
      const labelled = assertCode(await api.patch("merge", path, { metadata: { labels: { a: "1" }, generation: 9 } }), 200);
      assert.equal(labelled.metadata.generation, 1);
      const changed = assertCode(await api.patch("merge", path, { spec: { a: 1 } }), 200);
      assert.equal(changed.metadata.generation, 2);
    },
  },
  {
    name: "the scale subresource reads and writes the replicas where the CRD says",
    async run(api) {
      const ns = await api.namespace();
      const schema = {
        type: "object",
        properties: {
          spec: { type: "object", properties: { size: integer } },
          status: { type: "object", properties: { ready: integer, selector: text } },
        },
      };
      const scale = { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready", labelSelectorPath: ".status.selector" };
      const kind = await api.customKind({ schema, version: { subresources: { status: {}, scale } } });
      const made = await api.create(kind.path(ns), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one" },
        spec: { size: 2 },
      });
      const path = kind.path(ns, "one");
      await api.patch("merge", `${path}/status`, { status: { ready: 1, selector: "app=one" } });
      const got = assertCode(await api.get(`${path}/scale`), 200);
      assertIncludes(got, {
        kind: "Scale",
        apiVersion: "autoscaling/v1",
        metadata: { name: "one", namespace: ns, uid: made.metadata.uid },
      });
      assertIncludes(got, { spec: { replicas: 2 }, status: { replicas: 1, selector: "app=one" } });
      const put = assertCode(await api.put(`${path}/scale`, { ...got, spec: { replicas: 5 } }), 200);
      assert.deepEqual(put.spec, { replicas: 5 });
      assertIncludes(assertCode(await api.get(path), 200), { spec: { size: 5 }, metadata: { generation: 2 } });
      const patched = assertCode(await api.patch("merge", `${path}/scale`, { spec: { replicas: 6 } }), 200);
      assert.deepEqual(patched.spec, { replicas: 6 });
    },
  },
  {
    name: "a cluster-scoped kind has no namespaces in its paths",
    async run(api) {
      const kind = await api.customKind({ namespaced: false });
      const made = await api.create(kind.path(), {
        apiVersion: kind.apiVersion,
        kind: kind.kind,
        metadata: { name: "one", namespace: "default" },
      });
      assert.equal(made.metadata.namespace, undefined);
      assertCode(await api.get(kind.path(undefined, "one")), 200);
      assert.equal((await api.get(kind.path("default", "one"))).status, 404);
      assert.equal((await api.get(kind.path("default"))).status, 404);
    },
  },
  {
    name: "versions of one kind without conversion differ in apiVersion only",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind({ spec: { versions: [openVersion("v1alpha1", false), openVersion("v1", true)] } });
      await api.create(kind.path(ns), { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "one" }, spec: { a: 1 } });
      const old = kind.path(ns, "one").replace("/v1/", "/v1alpha1/");
      const got = assertCode(await api.get(old), 200);
      assertIncludes(got, { apiVersion: `${kind.group}/v1alpha1`, spec: { a: 1 } });
      const groups = assertCode(await api.get(`/apis/${kind.group}`), 200);
      assert.deepEqual(
        groups.versions.map((item: JsonBody) => item.version),
        ["v1", "v1alpha1"],
      );
      assert.equal(groups.preferredVersion.version, "v1");
      const put = assertCode(await api.put(old, { ...got, spec: { a: 2 } }), 200);
      assert.equal(put.apiVersion, `${kind.group}/v1alpha1`);
      assertIncludes(assertCode(await api.get(kind.path(ns, "one")), 200), { apiVersion: kind.apiVersion, spec: { a: 2 } });
    },
  },
  {
    name: "metadata of a custom resource is validated too",
    async run(api) {
      const ns = await api.namespace();
      const kind = await api.customKind();
      const object = { apiVersion: kind.apiVersion, kind: kind.kind };
      assertStatus(await api.post(kind.path(ns), { ...object, metadata: { name: "Not Valid" } }), 422, { reason: "Invalid" });
      const other = assertStatus(await api.post(kind.path(ns), { ...object, kind: "Other", metadata: { name: "one" } }), 422, {
        reason: "Invalid",
      });
      assertIncludes(other.details.causes, [
        { field: "kind", reason: "FieldValueInvalid", message: 'Invalid value: "Other": must be Widget' },
      ]);
      assertStatus(await api.post(kind.path(ns), { ...object, apiVersion: `${kind.group}/v2`, metadata: { name: "one" } }), 400, {
        reason: "BadRequest",
      });
    },
  },
];
