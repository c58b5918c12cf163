import { deepFreeze, fieldElement, FieldSet } from "@operatorkit/object";
import type { FieldsV1, ManagedFieldsEntry } from "@operatorkit/object";
import { array, assert, constant, constantFrom, dictionary, integer, property, record, subarray, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { builtinSchema } from "../kinds/index.ts";
import type { StructuralSchema } from "../structural-schema.ts";
import { applyConfiguration } from "./apply-configuration.ts";
import type { ApplyConfigurationOptions } from "./apply-configuration.ts";
import { MergeError } from "./merge-error.ts";
import { liveIfOnlyTimesDiffer } from "./same-but-times.ts";

interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid?: string; readonly managedFields?: readonly ManagedFieldsEntry[] };
  readonly spec?: { readonly [key: string]: unknown };
}

const string: StructuralSchema = { type: "string" };

function schemaWith(spec: Readonly<Record<string, StructuralSchema>>): StructuralSchema {
  return { type: "object", properties: { spec: { type: "object", properties: spec } } };
}

const SCHEMA = schemaWith({
  set: { type: "array", "x-kubernetes-list-type": "set", items: string },
  items: {
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    items: { type: "object", properties: { name: string, value: string } },
  },
  map: { type: "object", additionalProperties: string },
  keep: string,
});

function thing(spec: Thing["spec"], managers: readonly ManagedFieldsEntry[] = []): Thing {
  const metadata = { name: "t", ...(managers.length === 0 ? {} : { uid: "u", managedFields: managers }) };
  return deepFreeze({ apiVersion: "x.io/v1", kind: "Thing", metadata, ...(spec === undefined ? {} : { spec }) });
}

function owner(manager: string, spec: FieldsV1, more: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry {
  return { manager, operation: "Apply", apiVersion: "x.io/v1", fieldsType: "FieldsV1", fieldsV1: { "f:spec": spec }, ...more };
}

function apply(manager: string, live: Thing | undefined, spec: Thing["spec"], more: Partial<ApplyConfigurationOptions> = {}) {
  const options = { manager, apiVersion: "x.io/v1", schema: SCHEMA, force: false, nowMs: 0, config: thing(spec) };
  const result = applyConfiguration({ ...options, ...(live === undefined ? {} : { live }), ...more });
  return { object: result.object as Thing, conflicts: result.conflicts };
}

function fieldsOf(object: Thing, manager: string): FieldsV1 | undefined {
  return object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1?.["f:spec"];
}

describe("fields that a request cannot change", () => {
  const status = FieldSet.of([fieldElement("status")]);
  const live = {
    ...thing(undefined, [owner("writer", {}, { apiVersion: "x.io/v1", subresource: "status", fieldsV1: { "f:status": { "f:a": {} } } })]),
    status: { a: "1" },
  };
  const schema: StructuralSchema = { type: "object", properties: { status: { type: "object", properties: { a: string } } } };
  const conflictsIn = (apiVersion: string, subresource: string): readonly string[] =>
    applyConfiguration({
      manager: "other",
      apiVersion,
      subresource,
      schema,
      versions: { "x.io/v1": schema, "x.io/v2": schema },
      resetFields: status,
      force: false,
      nowMs: 0,
      live,
      config: { ...thing(undefined), apiVersion, status: { a: "2" } },
    }).conflicts.map(({ fieldPath }) => fieldPath);

  test.each<[title: string, apiVersion: string, subresource: string, conflicts: string[]]>([
    ["no conflict with an owner in the request's version", "x.io/v1", "", []],
    ["a conflict with an owner in another version", "x.io/v2", "", [".status.a"]],
    ["no conflict in any version when the request goes to a subresource", "x.io/v2", "scale", []],
  ])("make %s", (_, apiVersion, subresource, conflicts) => {
    expect(conflictsIn(apiVersion, subresource)).toEqual(conflicts);
  });
});

describe("order of merged lists", () => {
  test.each<[title: string, live: string[], config: string[], result: string[]]>([
    ["the applied order wins", ["a", "b", "c"], ["c", "b", "a"], ["c", "b", "a"]],
    ["new items go where they are applied", ["a", "b"], ["a", "x", "b"], ["a", "x", "b"]],
    ["others' items stay between their neighbours", ["a", "1", "b", "2"], ["a", "b"], ["a", "1", "b", "2"]],
    ["others' items in front stay in front", ["1", "a"], ["a"], ["1", "a"]],
    ["new items without an anchor come last", ["1", "2"], ["a"], ["1", "2", "a"]],
    ["swapped items take others along", ["a", "1", "b", "2", "c"], ["b", "a", "c"], ["1", "b", "2", "a", "c"]],
  ])("%s", (_title, live, config, result) => {
    const managers = [owner("other", Object.fromEntries(live.map((item) => [`v:${JSON.stringify(item)}`, {}])))].map((entry) => ({
      ...entry,
      fieldsV1: { "f:spec": { "f:set": entry.fieldsV1?.["f:spec"] ?? {} } },
    }));
    expect(apply("me", thing({ set: live }, managers), { set: config }).object.spec).toEqual({ set: result });
  });
});

describe("when the schema has changed since the fields were recorded", () => {
  const managers = [owner("me", { "f:map": { "f:a": {} } }), owner("other", { "f:map": { "f:b": {} } })];
  const live = thing({ map: { a: "1", b: "1" } }, managers);

  test("owners of parts of what is atomic now own all of it", () => {
    const schema = schemaWith({ map: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: string } });
    const { object, conflicts } = apply("me", live, { map: { a: "1", b: "1" } }, { schema });
    expect(conflicts).toEqual([]);
    expect([fieldsOf(object, "me"), fieldsOf(object, "other")]).toEqual([{ "f:map": {} }, { "f:map": {} }]);
    expect(apply("me", live, { map: { a: "1" } }, { schema }).conflicts.map((conflict) => conflict.fieldPath)).toEqual([".spec.map"]);
  });

  test("the owner of an atomic list that is merged now keeps owning the list, and comes to own items as it applies them", () => {
    const before = thing({ set: ["a"] }, [owner("me", { "f:set": {} })]);
    expect(fieldsOf(apply("me", before, { set: ["a"] }).object, "me")).toEqual({ "f:set": { 'v:"a"': {} } });
    expect(fieldsOf(apply("other", before, { set: ["b"] }).object, "me")).toEqual({ "f:set": {} });
  });

  test("fields that no schema knows any more are let go of without harm", () => {
    const before = thing({}, [owner("me", { "f:gone": { "f:x": {} } })]);
    const { object } = apply("me", before, { map: { a: "1" } });
    expect([object.spec, fieldsOf(object, "me")]).toEqual([{ map: { a: "1" } }, { "f:map": { "f:a": {} } }]);
  });
});

describe("versions", () => {
  const managers = [
    owner("me", { "f:map": { "f:a": {} } }, { apiVersion: "x.io/v1alpha1" }),
    owner("old", { "f:map": { "f:b": {} } }, { apiVersion: "x.io/v0", operation: "Update" }),
    owner("beta", { "f:map": { "f:c": {} } }, { apiVersion: "x.io/v1beta1", operation: "Update" }),
  ];
  const live = thing({ map: { a: "1", b: "1", c: "1" } }, managers);
  const versions = { "x.io/v1alpha1": SCHEMA, "x.io/v1beta1": SCHEMA };

  test("an applier that moves to another version keeps its entry and lets go of what it no longer applies", () => {
    const { object, conflicts } = apply("me", live, { map: { d: "1" } }, { versions });
    expect(conflicts).toEqual([]);
    expect(object.spec).toEqual({ map: { b: "1", c: "1", d: "1" } });
    expect(object.metadata.managedFields?.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
      ["me", "x.io/v1"],
      ["beta", "x.io/v1beta1"],
    ]);
  });

  test("managers of other served versions are in the way, those of forgotten ones are not", () => {
    const { conflicts } = apply("me", live, { map: { a: "1", b: "2", c: "2" } }, { versions });
    expect(conflicts.map(({ manager, fieldPath }) => [manager, fieldPath])).toEqual([["beta", ".spec.map.c"]]);
  });
});

describe("conflicts", () => {
  test("say who owns what, how and since when, and leave the object alone", () => {
    const time = "2026-01-01T00:00:00Z";
    const entry = owner("other", { "f:map": { "f:a": {} } }, { operation: "Update", subresource: "status", time });
    const live = thing({ map: { a: "1" } }, [entry]);
    const { object, conflicts } = apply("me", live, { map: { a: "2", b: "1" } });
    expect(object).toBe(live);
    expect(conflicts).toEqual([
      {
        manager: "other",
        operation: "Update",
        subresource: "status",
        apiVersion: "x.io/v1",
        time,
        fieldPath: ".spec.map.a",
        path: ["f:spec", "f:map", "f:a"],
      },
    ]);
  });

  test("an applier never conflicts with itself", () => {
    const live = thing({ map: { a: "1" } }, [owner("me", { "f:map": { "f:a": {} } })]);
    expect(apply("me", live, { map: { a: "2" } }).conflicts).toEqual([]);
  });
});

describe("names that mean something to JavaScript", () => {
  test("are keys like any other", () => {
    const spec = JSON.parse('{"map":{"__proto__":"1","constructor":"2","hasOwnProperty":"3"}}') as Thing["spec"];
    const { object } = apply("me", undefined, spec);
    expect(JSON.stringify(object.spec)).toBe(JSON.stringify(spec));
    expect(fieldsOf(object, "me")).toEqual({ "f:map": { "f:__proto__": {}, "f:constructor": {}, "f:hasOwnProperty": {} } });
    const again = apply("me", deepFreeze(object), { map: { constructor: "2" } }).object;
    expect(JSON.stringify(again.spec)).toBe('{"map":{"constructor":"2"}}');
  });

  test("are not fields of a schema that does not name them", () => {
    expect(() => apply("me", undefined, { constructor: "x" })).toThrow(".spec.constructor: field not declared in schema");
  });
});

describe("what cannot be applied", () => {
  test.each<[title: string, spec: Thing["spec"], message: string]>([
    [
      "an item without its key",
      { items: [{ value: "1" }] },
      '.spec.items: element 0: associative list with keys has an element that omits all key fields ["name"]',
    ],
    ["a repeated item", { items: [{ name: "a" }, { name: "a" }] }, '.spec.items: duplicate entries for key [name="a"]'],
    ["a null item", { items: [null] }, "may not have a null element"],
    ["a map in a set", { set: [{}] }, "element that's a map type"],
    ["a list in a set", { set: [[]] }, "lists as elements"],
    ["a map for a list", { set: {} }, ".spec.set: expected list, got &{map[]}"],
    ["a list for a map", { map: ["x", 1] }, ".spec.map: expected map, got &{[x 1]}"],
  ])("%s", (_title, spec, message) => {
    expect(() => apply("me", undefined, spec)).toThrow(MergeError);
    expect(() => apply("me", undefined, spec)).toThrow(message);
  });

  test("a live object that does not fit is an error of the server, not a change", () => {
    const live = thing({ set: "no list" }, [owner("me", {})]);
    expect(() => apply("me", live, {})).toThrow("failed to create typed live object (/t; x.io/v1, Kind=Thing): .spec.set: expected list");
  });
});

test("a kind whose schema contains itself", () => {
  const schema = builtinSchema("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
  const nested = {
    type: "object",
    properties: { a: { type: "object", properties: { b: { type: "string", default: { any: ["thing"] } } } } },
  };
  const config = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.x.io" },
    spec: { group: "x.io", versions: [{ name: "v1", schema: { openAPIV3Schema: nested } }] },
  };
  const { object } = applyConfiguration({
    config,
    manager: "me",
    apiVersion: config.apiVersion,
    force: false,
    nowMs: 0,
    ...(schema === undefined ? {} : { schema }),
  });
  expect(object).toMatchObject({ spec: config.spec, metadata: { managedFields: [{ manager: "me" }] } });
});

test("two thousand items in another order are merged in reasonable time", () => {
  const items = Array.from({ length: 2_000 }, (_, index) => ({ name: `n${index}`, value: "1" }));
  const live = apply("me", undefined, { items }).object;
  const startedAt = performance.now();
  const { object } = apply("me", live, { items: items.toReversed() });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(object.spec).toEqual({ items: items.toReversed() });
});

/**
 * Without empty lists: who applies one owns nothing, so the next apply finds an object nobody owns. Without empty maps: one that loses
 * its last key becomes null, on the API server too.
 */
const spec = record(
  {
    set: subarray(["a", "b", "c"], { minLength: 1 }),
    items: subarray(["x", "y", "z"], { minLength: 1 }).map((names) => names.map((name) => ({ name, value: name }))),
    map: dictionary(constantFrom("k", "l"), constantFrom("1", "2"), { minKeys: 1 }),
    keep: constant("1"),
  },
  { requiredKeys: ["keep"] },
);

test("applying the same again changes nothing, whatever others did before", () => {
  const steps = array(tuple(constantFrom("a", "b", "c"), spec, integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 });
  assert(
    property(steps, (changes) => {
      let live: Thing | undefined;
      for (const [manager, wanted, minute] of changes) {
        live = deepFreeze(apply(manager, live, wanted, { force: true, nowMs: minute * 60_000 }).object);
        const again = apply(manager, live, wanted, { nowMs: 3_600_000 });
        expect(again.conflicts).toEqual([]);
        expect(liveIfOnlyTimesDiffer(again.object, live)).toBe(live);
      }
    }),
    { numRuns: 100 },
  );
});

test("when all appliers let go, nothing of theirs is left", () => {
  const wishes = record({ a: spec, b: spec, c: spec });
  assert(
    property(wishes, (wanted) => {
      let live: Thing | undefined;
      for (const [manager, wish] of Object.entries(wanted)) live = apply(manager, live, wish, { force: true }).object;
      for (const manager of Object.keys(wanted)) live = apply(manager, live, undefined).object;
      expect(live?.metadata.managedFields).toBeUndefined();
      expect(Object.values(live?.spec ?? {}).flatMap((part) => Object.values(part ?? {}))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
