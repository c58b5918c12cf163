/** Kinds whose CustomResourceDefinitions `record.ts` has a real kube-apiserver check, with objects it must take or refuse. */
import { defineKind, jsonSchema, type DefinedKind } from "@operatorkit/object";
import { Type } from "typebox";
import { z } from "zod";

const group = "kinds.operatorkit.test";

export interface TriedKind {
  readonly kind: DefinedKind;
  readonly specs: readonly unknown[];
}

export const memcached: DefinedKind = defineKind({
  group,
  version: "v1alpha1",
  kind: "Memcached",
  shortNames: ["mc"],
  categories: ["all"],
  description: "Memcached runs a cache.",
  spec: Type.Object({ size: Type.Integer({ minimum: 1 }) }),
  status: Type.Object({ ready: Type.Integer() }),
  scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" },
  columns: [{ name: "Ready", jsonPath: ".status.ready", type: "integer" }],
});

const typeBox = defineKind({
  group,
  version: "v1beta1",
  kind: "WrittenInTypeBox",
  namespaced: false,
  selectableFields: [".spec.text", ".spec.literals"],
  conditions: true,
  spec: Type.Object({
    text: Type.String({ minLength: 1, maxLength: 10, pattern: "^[a-z]+$", description: "Some text." }),
    optional: Type.Optional(Type.Boolean({ default: true })),
    exclusive: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
    int64: Type.Optional(Type.Integer({ format: "int64" })),
    double: Type.Optional(Type.Number({ format: "double", multipleOf: 0.5 })),
    list: Type.Optional(
      Type.Array(Type.Object({ name: Type.String(), port: Type.Integer({ default: 80 }) }), { minItems: 1, maxItems: 3 }),
    ),
    set: Type.Optional(Type.Array(Type.String(), { uniqueItems: true })),
    keyed: Type.Optional(
      Type.Array(Type.Object({ name: Type.String() }), { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] }),
    ),
    record: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    listedKeys: Type.Optional(Type.Record(Type.Union([Type.Literal("a"), Type.Literal("b")]), Type.String())),
    literals: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b")])),
    one: Type.Optional(Type.Literal(5)),
    values: Type.Optional(Type.Enum(["x", "y"])),
    nullable: Type.Optional(Type.Union([Type.String({ maxLength: 3 }), Type.Null()])),
    nullableEnum: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b"), Type.Null()])),
    intOrString: Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: "%$" })])),
    number: Type.Optional(Type.Union([Type.Integer(), Type.Number()])),
    both: Type.Optional(Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Optional(Type.Integer()) })])),
    either: Type.Optional(Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Integer({ minimum: 3 }) })])),
    anything: Type.Optional(Type.Unknown({ description: "Whatever you like." })),
    template: Type.Optional(Type.TemplateLiteral("a-${string}")),
    free: Type.Optional(Type.Unsafe<object>({ type: "object", "x-kubernetes-preserve-unknown-fields": true })),
    nested: Type.Optional(Type.Object({ deep: Type.Object({ deeper: Type.Optional(Type.String({ default: "x" })) }) })),
    ruled: Type.Optional(
      Type.Object({ min: Type.Integer(), max: Type.Integer() }, { "x-kubernetes-validations": [{ rule: "self.min <= self.max" }] }),
    ),
    closed: Type.Optional(Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: false })),
  }),
});

const shared = z.object({ host: z.string() }).meta({ id: "Shared" });

const zod = defineKind({
  group,
  version: "v1",
  kind: "WrittenInZod",
  plural: "zods",
  spec: z.object({
    text: z
      .string()
      .min(1)
      .max(10)
      .regex(/^[a-z]+$/)
      .describe("Some text."),
    patterns: z.string().regex(/a/).regex(/b/).optional(),
    defaulted: z.boolean().default(true),
    int: z.int().optional(),
    int32: z.int32().optional(),
    positive: z.number().positive().lt(3).optional(),
    multiple: z.number().multipleOf(3).optional(),
    list: z
      .array(z.object({ name: z.string(), port: z.int().min(1).max(65535).default(80) }))
      .min(1)
      .max(3)
      .optional(),
    record: z.record(z.string(), z.int()).optional(),
    open: z.record(z.string(), z.unknown()).optional(),
    listedKeys: z.record(z.enum(["a", "b"]), z.string()).optional(),
    someKeys: z.partialRecord(z.enum(["a", "b"]), z.string()).optional(),
    choice: z.enum(["a", "b"]).optional(),
    literals: z.literal(["a", "b"]).optional(),
    literalUnion: z.union([z.literal("a"), z.literal("b")]).optional(),
    mixed: z.literal(["auto", 1, 2]).optional(),
    nullable: z.string().max(3).nullable().optional(),
    nullish: z.object({ a: z.int() }).nullish(),
    nullableEnum: z.enum(["a", "b"]).nullable().optional(),
    nullableUnion: z.union([z.object({ a: z.string() }), z.null()]).optional(),
    intOrString: z.union([z.int(), z.string()]).optional(),
    nullablePort: z.int().or(z.string()).nullable().optional(),
    variant: z
      .discriminatedUnion("type", [
        z.object({ type: z.literal("disk"), size: z.int().min(1) }),
        z.object({ type: z.literal("memory"), pages: z.int().optional() }),
      ])
      .optional(),
    both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })).optional(),
    loose: z.looseObject({ a: z.string() }).optional(),
    strict: z.strictObject({ a: z.string() }).optional(),
    time: z.iso.datetime().optional(),
    date: z.iso.date().optional(),
    email: z.email().optional(),
    uuid: z.uuid().optional(),
    url: z.url().optional(),
    ipv4: z.ipv4().optional(),
    base64: z.base64().optional(),
    anything: z.any().optional(),
    readonly: z.string().readonly().optional(),
    template: z.templateLiteral(["a", z.int()]).optional(),
    one: shared.optional(),
    two: shared.optional(),
  }),
  status: z.object({ phase: z.enum(["Pending", "Ready"]).optional() }),
});

const plain = defineKind({
  group,
  version: "v2",
  kind: "WrittenInJsonSchema",
  conditions: false,
  spec: jsonSchema<{ readonly a?: string; readonly b?: number }>({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      a: { type: "string" },
      b: { type: "integer" },
      port: { "x-kubernetes-int-or-string": true },
      template: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
      maybe: { type: ["integer", "null"], enum: [1, 2, null] },
      items: { type: "array", items: { $ref: "#/$defs/item" } },
    },
    oneOf: [{ required: ["a"] }, { required: ["b"], properties: { b: { minimum: 5 } } }],
    not: { properties: { a: { const: "never" } }, required: ["a"] },
    unevaluatedProperties: false,
    $defs: { item: { type: "object", properties: { x: { type: "string" } } } },
  }),
  status: jsonSchema<object>({ type: "object", additionalProperties: true }),
});

const text = { text: "abc" };

export const kinds: readonly TriedKind[] = [
  { kind: memcached, specs: [{ size: 1 }, { size: 0 }, {}, undefined] },
  {
    kind: typeBox,
    specs: [
      text,
      { text: "A" },
      { ...text, exclusive: 0.5 },
      { ...text, exclusive: 0 },
      { ...text, list: [{ name: "a" }] },
      { ...text, set: ["a", "a"] },
      { ...text, keyed: [{ name: "a" }, { name: "a" }] },
      { ...text, record: { a: 1 } },
      { ...text, record: { a: "1" } },
      { ...text, listedKeys: { a: "x", b: "y", c: "z" } },
      { ...text, listedKeys: { a: "x" } },
      { ...text, literals: "c" },
      { ...text, one: 5, values: "x" },
      { ...text, one: 6 },
      { ...text, nullable: null, nullableEnum: null },
      { ...text, nullable: "long", nullableEnum: "c" },
      { ...text, intOrString: 3 },
      { ...text, intOrString: "5%" },
      { ...text, intOrString: 0 },
      { ...text, intOrString: "5" },
      { ...text, number: 1.5 },
      { ...text, both: { a: "x", b: 1 } },
      { ...text, both: { b: 1 } },
      { ...text, either: { a: "x" } },
      { ...text, either: { b: 3 } },
      { ...text, either: { b: 2 } },
      { ...text, either: {} },
      { ...text, anything: [1, { a: "x" }] },
      { ...text, template: "a-b" },
      { ...text, template: "b" },
      { ...text, free: { a: { b: 1 } } },
      { ...text, nested: { deep: {} } },
      { ...text, closed: { a: "x", b: "y" } },
    ],
  },
  {
    kind: zod,
    specs: [
      text,
      { text: "" },
      { ...text, patterns: "ab" },
      { ...text, patterns: "a" },
      { ...text, int: 5, int32: 7 },
      { ...text, int32: 3_000_000_000 },
      { ...text, positive: 0 },
      { ...text, positive: 3 },
      { ...text, multiple: 4 },
      { ...text, list: [{ name: "a" }] },
      { ...text, list: [] },
      { ...text, record: { a: "x" } },
      { ...text, open: { a: { b: [1] } } },
      { ...text, listedKeys: { a: "x" }, someKeys: { a: "x", c: "y" } },
      { ...text, someKeys: { a: "x", c: "y" } },
      { ...text, choice: "c", literals: "c", literalUnion: "c" },
      { ...text, mixed: "auto" },
      { ...text, mixed: 2 },
      { ...text, mixed: 3 },
      { ...text, nullable: null, nullish: null, nullableEnum: null, nullableUnion: null, nullablePort: null },
      { ...text, nullish: {}, nullableEnum: "c" },
      { ...text, intOrString: 5, nullablePort: "http" },
      { ...text, intOrString: 5.5 },
      { ...text, variant: { type: "disk", size: 5 } },
      { ...text, variant: { type: "memory" } },
      { ...text, variant: { type: "disk" } },
      { ...text, variant: { type: "tape", size: 5 } },
      { ...text, variant: { type: "memory", size: 0 } },
      { ...text, both: { a: "x" } },
      { ...text, loose: { a: "x", b: { c: 1 } }, strict: { a: "x", b: 1 } },
      { ...text, time: "2026-01-01T00:00:00Z", date: "2026-01-01", email: "a@b.co", url: "http://a", ipv4: "1.2.3.4", base64: "aGk=" },
      { ...text, time: "x", date: "x", email: "x", uuid: "x", url: "x", ipv4: "x", base64: "x" },
      { ...text, anything: { a: [1] }, template: "a5", one: { host: "h" }, two: {} },
    ],
  },
  {
    kind: plain,
    specs: [
      { a: "x" },
      { b: 6 },
      { b: 4 },
      { a: "x", b: 6 },
      { a: "never" },
      { a: "x", maybe: null, port: "http", items: [{ x: "y", z: 1 }] },
      { a: "x", maybe: 3 },
      { a: "x", template: { apiVersion: "v1", kind: "Pod", spec: {} } },
      { a: "x", template: {} },
    ],
  },
];
