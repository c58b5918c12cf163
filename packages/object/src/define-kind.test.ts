import { Type } from "typebox";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { jsonSchema } from "./author-schema.ts";
import { defineKind, type DefinedKind } from "./define-kind.ts";
import type { Kind, ObjectOf } from "./kind.ts";
import type { Condition, ObjectMeta } from "./kubernetes-object.ts";

const Memcached = defineKind({
  group: "cache.example.com",
  version: "v1alpha1",
  kind: "Memcached",
  shortNames: ["mc"],
  spec: Type.Object({ size: Type.Integer({ minimum: 1 }) }),
  status: Type.Object({ ready: Type.Integer() }),
  scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" },
  columns: [{ name: "Ready", jsonPath: ".status.ready", type: "integer" }],
});
type Memcached = ObjectOf<typeof Memcached>;

const minimal = { group: "example.com", version: "v1", kind: "Thing", spec: Type.Object({}) } as const;

describe("defineKind", () => {
  it("names everything a kind needs and keeps the author's schemas", () => {
    expect(Memcached).toMatchObject({
      group: "cache.example.com",
      version: "v1alpha1",
      apiVersion: "cache.example.com/v1alpha1",
      kind: "Memcached",
      plural: "memcacheds",
      singular: "memcached",
      listKind: "MemcachedList",
      namespaced: true,
      shortNames: ["mc"],
      categories: [],
    });
    expect(Memcached.definition.conditions).toBe(true);
    expect(Memcached.definition.columns).toEqual([{ name: "Ready", jsonPath: ".status.ready", type: "integer" }]);
    expect(Memcached.definition.spec).toHaveProperty("properties.size.minimum", 1);
  });

  it("has conditions exactly when there is a status, unless the author says otherwise", () => {
    expect(defineKind(minimal).definition).toMatchObject({ conditions: false });
    expect(defineKind({ ...minimal, conditions: true }).definition).toMatchObject({ conditions: true });
    expect(defineKind({ ...minimal, status: Type.Object({}), conditions: false }).definition).toMatchObject({ conditions: false });
  });

  it("gives a value that nobody can change by accident", () => {
    expect(Object.isFrozen(Memcached)).toBe(true);
    expect(Object.isFrozen(Memcached.definition)).toBe(true);
    expect(Object.isFrozen(Memcached.shortNames)).toBe(true);
  });

  it.each([
    [
      "an upper-case group",
      { group: "Example.com" },
      /^define kind Thing: group: invalid value "Example\.com": a lowercase RFC 1123 subdomain/,
    ],
    ["a group without a dot", { group: "example" }, /group: .*should be a domain with at least one dot/],
    ["an empty group", { group: "" }, /group: invalid value ""/],
    [
      "a version that is no Kubernetes version",
      { version: "1.0" },
      /version: invalid value "1\.0": must look like v1, v1beta1 or v1alpha1/,
    ],
    ["a version v0", { version: "v0" }, /version: /],
    ["a lower-case kind", { kind: "thing" }, /kind: invalid value "thing": must be CamelCase/],
    ["an empty kind", { kind: "" }, /^define kind: kind: invalid value ""/],
    ["a plural with capitals", { plural: "Things" }, /plural: invalid value "Things": a DNS-1035 label/],
    ["an empty short name", { shortNames: ["th", ""] }, /shortNames\[1\]: invalid value ""/],
    ["a category with a dot", { categories: ["a.b"] }, /categories\[0\]: invalid value "a\.b"/],
    ["a column without a name", { columns: [{ name: "", jsonPath: ".a", type: "string" }] }, /columns\[0\]\.name: /],
    [
      "a column of an unknown type",
      { columns: [{ name: "A", jsonPath: ".a", type: "int" }] },
      /columns\[0\]\.type: .*must be one of boolean,date/,
    ],
    [
      "a column with an unknown format",
      { columns: [{ name: "A", jsonPath: ".a", type: "string", format: "x" }] },
      /columns\[0\]\.format: /,
    ],
    [
      "a column whose path has no dot",
      { columns: [{ name: "A", jsonPath: "a", type: "string" }] },
      /columns\[0\]\.jsonPath: .*starts with "\."/,
    ],
    ["a scale without a status", { scale: { specReplicasPath: ".spec.a", statusReplicasPath: ".status.a" } }, /scale: .*needs a status/],
    [
      "a scale that reads the wrong place",
      { conditions: true, scale: { specReplicasPath: ".spec.a", statusReplicasPath: ".spec.a" } },
      /scale\.statusReplicasPath: .*starts with "\.status\."/,
    ],
    [
      "a label selector path elsewhere",
      { conditions: true, scale: { specReplicasPath: ".spec.a", statusReplicasPath: ".status.a", labelSelectorPath: ".metadata" } },
      /scale\.labelSelectorPath: /,
    ],
    [
      "too many selectable fields",
      { selectableFields: Array.from({ length: 9 }, (_, i) => `.spec.f${i}`) },
      /selectableFields: .*at most 8/,
    ],
    ["a selectable field without a dot", { selectableFields: ["spec.a"] }, /selectableFields\[0\]: /],
    ["a spec that is no schema", { spec: "string" }, /spec: .*must be a zod, TypeBox or JSON schema/],
  ])("refuses %s and names the option", (_, change, message) => {
    // Plain JavaScript can hand over anything.
    expect(() => defineKind({ ...minimal, ...change } as unknown as typeof minimal)).toThrow(message);
    expect(() => defineKind({ ...minimal, ...change } as unknown as typeof minimal)).toThrow(TypeError);
  });
});

describe("the types of a defined kind", () => {
  it("carry group, version and kind as literals and the schemas as readonly types", () => {
    expectTypeOf(Memcached.apiVersion).toEqualTypeOf<"cache.example.com/v1alpha1">();
    expectTypeOf(Memcached.kind).toEqualTypeOf<"Memcached">();
    expectTypeOf<Memcached["metadata"]>().toEqualTypeOf<ObjectMeta>();
    expectTypeOf<Memcached["spec"]>().toEqualTypeOf<{ readonly size: number }>();
    expectTypeOf<NonNullable<Memcached["status"]>["ready"]>().toEqualTypeOf<number>();
    expectTypeOf<NonNullable<Memcached["status"]>["conditions"]>().toEqualTypeOf<readonly Condition[] | undefined>();
    expectTypeOf<NonNullable<Memcached["status"]>["observedGeneration"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf(Memcached).toExtend<Kind>();
    expectTypeOf(Memcached).toExtend<Kind<Memcached>>();
    expectTypeOf(Memcached).toExtend<DefinedKind>();
  });

  it("check objects", () => {
    const memcached: Memcached = {
      apiVersion: "cache.example.com/v1alpha1",
      kind: "Memcached",
      metadata: { name: "a" },
      spec: { size: 1 },
    };
    // @ts-expect-error -- a string is no size
    const wrongSize: Memcached = { ...memcached, spec: { size: "1" } };
    // @ts-expect-error -- another version
    const wrongVersion: Memcached = { ...memcached, apiVersion: "cache.example.com/v1" };
    expect([wrongSize.kind, wrongVersion.kind]).toEqual(["Memcached", "Memcached"]);
  });

  it("refuse a misspelled option", () => {
    // @ts-expect-error -- shortName is no option
    expect(defineKind({ ...minimal, shortName: ["t"] }).kind).toBe("Thing");
  });

  it("have no status, one of conditions alone, or one without them, as asked", () => {
    const none = defineKind(minimal);
    expectTypeOf<ObjectOf<typeof none>["status"]>().toEqualTypeOf<undefined>();
    const only = defineKind({ ...minimal, conditions: true });
    expectTypeOf<NonNullable<ObjectOf<typeof only>["status"]>>().toEqualTypeOf<{
      readonly conditions?: readonly Condition[];
      readonly observedGeneration?: number;
    }>();
    const without = defineKind({ ...minimal, status: Type.Object({ a: Type.String() }), conditions: false });
    expectTypeOf<NonNullable<ObjectOf<typeof without>["status"]>>().toEqualTypeOf<{ readonly a: string }>();
  });

  it("read TypeBox", () => {
    const kind = defineKind({
      ...minimal,
      spec: Type.Object({
        text: Type.String(),
        optional: Type.Optional(Type.Boolean()),
        marked: Type.Readonly(Type.Number()),
        both: Type.Readonly(Type.Optional(Type.Integer())),
        list: Type.Array(Type.Object({ port: Type.Integer() })),
        map: Type.Record(Type.String(), Type.Array(Type.String())),
        literals: Type.Union([Type.Literal("a"), Type.Literal("b")]),
        values: Type.Enum(["x", "y"]),
        nullable: Type.Union([Type.String(), Type.Null()]),
        intOrString: Type.Union([Type.Integer(), Type.String()]),
        both2: Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Optional(Type.Number()) })]),
        anything: Type.Any(),
        unknown: Type.Unknown(),
        typed: Type.Unsafe<{ a: 1 }>({ type: "object" }),
        partial: Type.Partial(Type.Object({ q: Type.String() })),
      }),
    });
    expectTypeOf<ObjectOf<typeof kind>["spec"]>().toEqualTypeOf<{
      readonly text: string;
      readonly optional?: boolean;
      readonly marked: number;
      readonly both?: number;
      readonly list: readonly { readonly port: number }[];
      readonly map: { readonly [key: string]: readonly string[] };
      readonly literals: "a" | "b";
      readonly values: "x" | "y";
      readonly nullable: string | null;
      readonly intOrString: number | string;
      readonly both2: { readonly a: string; readonly b?: number };
      readonly anything: unknown;
      readonly unknown: unknown;
      readonly typed: { readonly a: 1 };
      readonly partial: { readonly q?: string };
    }>();
  });

  it("read TypeBox as TypeBox does", () => {
    const schema = Type.Object({
      text: Type.String(),
      optional: Type.Optional(Type.Array(Type.Integer())),
      choice: Type.Union([Type.Literal(1), Type.Null(), Type.Object({ a: Type.Boolean() })]),
      map: Type.Record(Type.String(), Type.Number()),
    });
    const kind = defineKind({ ...minimal, status: schema, conditions: false });
    const read = (status: NonNullable<ObjectOf<typeof kind>["status"]>): Type.Static<typeof schema>["choice"] => status.choice;
    expectTypeOf(read).returns.toEqualTypeOf<1 | null | { a: boolean }>();
  });

  it("read zod, with defaults filled in", () => {
    const kind = defineKind({
      ...minimal,
      spec: z.object({
        text: z.string(),
        optional: z.number().optional(),
        defaulted: z.boolean().default(false),
        list: z.array(z.object({ port: z.int() })),
        map: z.record(z.string(), z.string()),
        choice: z.enum(["a", "b"]),
        nullable: z.string().nullable(),
        branded: z.string().brand<"Name">(),
      }),
    });
    type Spec = ObjectOf<typeof kind>["spec"];
    expectTypeOf<Spec["text"]>().toEqualTypeOf<string>();
    expectTypeOf<Spec["optional"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Spec["defaulted"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Spec["list"]>().toEqualTypeOf<readonly { readonly port: number }[]>();
    expectTypeOf<Spec["map"]>().toEqualTypeOf<{ readonly [key: string]: string }>();
    expectTypeOf<Spec["choice"]>().toEqualTypeOf<"a" | "b">();
    expectTypeOf<Spec["nullable"]>().toEqualTypeOf<string | null>();
    expectTypeOf<Spec["branded"]>().toExtend<string>();
  });

  it("take an interface of yours for plain JSON Schema", () => {
    const kind = defineKind({ ...minimal, spec: jsonSchema<{ size: number }>({ type: "object" }) });
    expectTypeOf<ObjectOf<typeof kind>["spec"]>().toEqualTypeOf<{ readonly size: number }>();
    const untyped = defineKind({ ...minimal, spec: { type: "object" } });
    expectTypeOf<ObjectOf<typeof untyped>["spec"]>().toEqualTypeOf<unknown>();
  });
});
