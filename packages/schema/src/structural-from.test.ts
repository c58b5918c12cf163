import { defineKind } from "@operatorkit/object";
import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { crdFor, structuralSchemaOf } from "./crd-for.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

/** The structural schema of one property. */
const of = (schema: object): unknown => structuralSchemaOf(Type.Object({ x: schema }), "spec").properties?.["x"];
const ofZod = (schema: z.ZodType): unknown => structuralSchemaOf(z.object({ x: schema }), "spec").properties?.["x"];

describe("TypeBox becomes structural", () => {
  it.each([
    ["a literal", Type.Literal("a"), { type: "string", enum: ["a"] }],
    ["a union of literals", Type.Union([Type.Literal("a"), Type.Literal("b")]), { type: "string", enum: ["a", "b"] }],
    ["an enum without a type", Type.Enum([1, 2]), { type: "integer", enum: [1, 2] }],
    ["an enum of strings and integers", Type.Enum(["a", 1]), { "x-kubernetes-int-or-string": true, enum: ["a", 1] }],
    ["a record", Type.Record(Type.String(), Type.Integer()), { type: "object", additionalProperties: { type: "integer" } }],
    [
      "a record of anything",
      Type.Record(Type.String(), Type.Any()),
      {
        type: "object",
        additionalProperties: { nullable: true, "x-kubernetes-preserve-unknown-fields": true },
      },
    ],
    ["a union with null", Type.Union([Type.String(), Type.Null()]), { type: "string", nullable: true }],
    [
      "an enum with null, which the server would never find in it",
      Type.Union([Type.Literal("a"), Type.Null()]),
      {
        type: "string",
        nullable: true,
        allOf: [{ enum: ["a"] }],
      },
    ],
    ["integer or string", Type.Union([Type.String(), Type.Integer()]), { "x-kubernetes-int-or-string": true }],
    ["integer or number", Type.Union([Type.Integer(), Type.Number()]), { type: "number" }],
    [
      "integer or small number",
      Type.Union([Type.Integer(), Type.Number({ maximum: 1 })]),
      { type: "number", anyOf: [{ multipleOf: 1 }, { maximum: 1 }] },
    ],
    [
      "strict bounds",
      Type.Integer({ exclusiveMinimum: 1, exclusiveMaximum: 5 }),
      {
        type: "integer",
        minimum: 1,
        exclusiveMinimum: true,
        maximum: 5,
        exclusiveMaximum: true,
      },
    ],
    ["a strict bound inside of another", Type.Integer({ minimum: 3, exclusiveMinimum: 1 }), { type: "integer", minimum: 3 }],
    ["formats of Kubernetes", Type.Integer({ format: "int64" }), { type: "integer", format: "int64" }],
    ["formats of others", Type.String({ format: "idn-hostname" }), { type: "string" }],
    [
      "unique scalars",
      Type.Array(Type.String(), { uniqueItems: true }),
      { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    ],
    [
      "a closed object",
      Type.Object({ a: Type.String() }, { additionalProperties: false }),
      {
        type: "object",
        properties: { a: { type: "string" } },
        required: ["a"],
      },
    ],
    [
      "an intersection",
      Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ a: Type.String({ minLength: 1 }), b: Type.String() })]),
      {
        type: "object",
        properties: { a: { type: "string", minLength: 1 }, b: { type: "string" } },
        required: ["a", "b"],
      },
    ],
    [
      "an intersection that restricts twice",
      Type.Intersect([Type.String({ pattern: "a" }), Type.String({ pattern: "b" })]),
      {
        type: "string",
        pattern: "a",
        allOf: [{ pattern: "b" }],
      },
    ],
    [
      "a union of objects",
      Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Integer({ minimum: 1 }) })]),
      {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "integer" } },
        anyOf: [{ required: ["a"] }, { required: ["b"], properties: { b: { minimum: 1 } } }],
      },
    ],
    [
      "a union of lists",
      Type.Union([Type.Array(Type.String({ minLength: 2 })), Type.Array(Type.String({ maxLength: 1 }), { minItems: 1 })]),
      {
        type: "array",
        items: { type: "string" },
        anyOf: [{ items: { minLength: 2 } }, { minItems: 1, items: { maxLength: 1 } }],
      },
    ],
    ["a union in which one member allows what all allow", Type.Union([Type.String(), Type.String({ minLength: 1 })]), { type: "string" }],
    [
      "anything, described",
      Type.Any({ description: "x" }),
      { description: "x", nullable: true, "x-kubernetes-preserve-unknown-fields": true },
    ],
    [
      "extensions as they are",
      Type.Unsafe({ type: "object", "x-kubernetes-embedded-resource": true }),
      {
        type: "object",
        "x-kubernetes-embedded-resource": true,
      },
    ],
  ])("%s", (_, schema, expected) => {
    expect(of(schema)).toEqual(expected);
  });

  it("combines an object with a choice of others", () => {
    const base = Type.Object({ name: Type.String() });
    const choice = Type.Union([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.String() })]);
    expect(of(Type.Intersect([base, choice]))).toEqual({
      type: "object",
      properties: { name: { type: "string" }, a: { type: "integer" }, b: { type: "string" } },
      required: ["name"],
      anyOf: [{ required: ["a"] }, { required: ["b"] }],
    });
  });

  it("keeps the restrictions of a union of one", () => {
    expect(of(Type.Union([Type.Intersect([Type.Integer({ minimum: 1 })])]))).toEqual({ type: "integer", minimum: 1 });
  });

  it("leaves optional properties out of what is required", () => {
    const schema = structuralSchemaOf(Type.Object({ a: Type.Optional(Type.String()), b: Type.String() }), "spec");
    expect(schema.required).toEqual(["b"]);
  });

  it("puts definitions where they are used", () => {
    const schema = {
      type: "object",
      properties: { a: { $ref: "#/$defs/x", description: "mine" } },
      $defs: { x: { type: "string", description: "its" } },
    };
    expect(structuralSchemaOf(schema, "spec").properties?.["a"]).toEqual({ type: "string", description: "mine" });
  });
});

describe("zod becomes structural", () => {
  it.each([
    ["integers, without the bounds of JavaScript", z.int(), { type: "integer" }],
    ["bounds of your own", z.int().min(1).max(5), { type: "integer", minimum: 1, maximum: 5 }],
    ["32 bits", z.int32(), { type: "integer", minimum: -2147483648, maximum: 2147483647 }],
    ["nullable", z.string().nullable(), { type: "string", nullable: true }],
    ["nullish objects", z.object({}).nullish(), { type: "object", nullable: true }],
    ["nullable enums", z.enum(["a"]).nullable(), { type: "string", nullable: true, allOf: [{ enum: ["a"] }] }],
    ["records", z.record(z.string(), z.string()), { type: "object", additionalProperties: { type: "string" } }],
    [
      "records with listed keys",
      z.record(z.enum(["a", "b"]), z.string()),
      {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "string" } },
        required: ["a", "b"],
      },
    ],
    [
      "records with some of the listed keys",
      z.partialRecord(z.enum(["a"]), z.string()),
      { type: "object", properties: { a: { type: "string" } } },
    ],
    ["strict objects", z.strictObject({ a: z.string() }), { type: "object", properties: { a: { type: "string" } }, required: ["a"] }],
    [
      "loose objects",
      z.looseObject({ a: z.string() }),
      {
        type: "object",
        properties: { a: { type: "string" } },
        required: ["a"],
        "x-kubernetes-preserve-unknown-fields": true,
      },
    ],
    ["several patterns", z.string().regex(/a/).regex(/b/), { type: "string", allOf: [{ pattern: "a" }, { pattern: "b" }] }],
    ["defaults", z.string().default("x"), { type: "string", default: "x" }],
    ["any and unknown", z.unknown(), { nullable: true, "x-kubernetes-preserve-unknown-fields": true }],
    ["int or string, or null", z.int().or(z.string()).nullable(), { "x-kubernetes-int-or-string": true, nullable: true }],
  ])("%s", (_, schema, expected) => {
    expect(ofZod(schema)).toEqual(expected);
  });

  it("does not require what has a default", () => {
    expect(structuralSchemaOf(z.object({ a: z.string().default("x") }), "spec").required).toBeUndefined();
  });
});

const list = (schema: z.ZodType): z.ZodType => z.object({ list: z.array(schema) });

describe("what a CRD cannot say", () => {
  const recursive = z.object({
    get children() {
      return z.array(recursive);
    },
  });

  it.each([
    ["a tuple", list(z.tuple([z.string(), z.int()])), "spec.list[]: a CRD knows no tuples"],
    ["a union of scalars", list(z.union([z.string(), z.boolean()])), 'spec.list[]: a CRD cannot say "string or boolean"'],
    ["a union of a string and an object", list(z.union([z.string(), z.object({})])), 'spec.list[]: a CRD cannot say "string or object"'],
    ["a recursive schema", recursive, "spec.children[]: it contains itself"],
    ["a transform", list(z.string().transform(Number)), "spec: it changes values between input and output"],
    ["a codec", list(z.codec(z.string(), z.number(), { decode: Number, encode: String })), "spec: it changes values"],
    ["a Date", list(z.date()), "spec: Date cannot be represented in JSON Schema"],
    ["a bigint", list(z.bigint()), "spec: BigInt cannot be represented"],
    ["never", list(z.never()), "spec.list[]: it allows no value at all"],
    ["a union of null alone", Type.Object({ a: Type.Union([Type.Null()]) }), "spec.a: nothing but null is allowed"],
    ["only null", list(z.null()), "spec.list[]: nothing but null is allowed"],
    ["keys with a pattern", z.object({ map: z.record(z.string().regex(/^a/), z.string()) }), "spec.map: a CRD cannot say how keys look"],
    [
      "properties and a schema for all others",
      z.object({ map: z.object({ a: z.string() }).catchall(z.string()) }),
      "spec.map: a CRD cannot say properties and",
    ],
    ["lookahead in a pattern", z.object({ a: z.string().regex(/^(?=a)/) }), "spec.a.pattern: Invalid value"],
    ["zod's durations, whose pattern looks ahead", z.object({ a: z.iso.duration() }), "spec.a.pattern: Invalid value"],
    [
      "a default inside of a union",
      list(z.union([z.object({ a: z.string().default("x") }), z.object({ b: z.string() })])),
      "spec.list[]: a default inside of a union",
    ],
    ["a spec that is no object", z.string(), "spec: it must be an object"],
    ["unique objects", Type.Object({ a: Type.Array(Type.Object({}), { uniqueItems: true }) }), "spec.a: uniqueItems is for scalars"],
    [
      "TypeBox's records with a pattern",
      Type.Object({ a: Type.Record(Type.TemplateLiteral("a${string}"), Type.String()) }),
      "spec.a: a CRD cannot say how keys look",
    ],
    ["a wrong default", Type.Object({ a: Type.Integer({ default: 0, minimum: 1 }) }), "spec.a.default: Invalid value: 0"],
    [
      "a list with a key nobody has",
      Type.Object({ a: Type.Array(Type.Object({}), { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] }) }),
      "entries must all be names of item properties",
    ],
    // oxlint-disable-next-line unicorn/no-thenable -- it is JSON Schema's word.
    ["if and then", Type.Object({ a: Type.Unsafe({ type: "object", if: {}, then: {} }) }), "spec.a: a CRD knows no if/then/else"],
    [
      "types apart in a not",
      Type.Object({ a: Type.Unsafe({ not: { type: "string" } }) }),
      "spec.a (not): a CRD cannot tell types apart here",
    ],
    ["a reference to nowhere", { type: "object", properties: { a: { $ref: "#/$defs/x" } } }, "it refers to #/$defs/x"],
    [
      "a library without JSON Schema",
      { "~standard": { version: 1, vendor: "x", validate: () => ({}) } },
      "spec: this library gives no JSON Schema",
    ],
  ])("%s is refused with its path", (_, spec, message) => {
    const make = (): unknown => crdFor(defineKind({ group: "example.com", version: "v1", kind: "Thing", spec }));
    expect(make).toThrow(UnsupportedSchemaError);
    expect(make).toThrow(message);
    expect(make).toThrow("CustomResourceDefinition for Thing: ");
  });

  it("keeps the path apart from the kind and the reason", () => {
    const kind = defineKind({ group: "example.com", version: "v1", kind: "Thing", spec: Type.Object({ a: Type.Tuple([Type.String()]) }) });
    expect(() => crdFor(kind)).toThrow(
      expect.objectContaining({ code: "UnsupportedSchema", path: "spec.a", why: expect.stringContaining("tuples") }),
    );
  });
});

describe("crdFor", () => {
  const base = {
    group: "example.com",
    version: "v1",
    kind: "Thing",
    spec: Type.Object({ size: Type.Integer(), name: Type.String() }),
  } as const;

  it("refuses conditions of your own next to the standard ones", () => {
    const kind = defineKind({ ...base, status: Type.Object({ conditions: Type.Array(Type.String()) }) });
    expect(() => crdFor(kind)).toThrow("status.conditions: it is added for you");
  });

  it.each([
    [
      "a column",
      { columns: [{ name: "A", jsonPath: ".spec.sise", type: "string" }] },
      'columns[0].jsonPath: Invalid value: ".spec.sise": the schema has no such field',
    ],
    ["a selectable field", { selectableFields: [".spec.nope"] }, "selectableFields[0]: Invalid value"],
    ["a selectable object", { selectableFields: [".spec"] }, "must be of type string or boolean or integer"],
    [
      "replicas that are no number",
      { status: Type.Object({ n: Type.Integer() }), scale: { specReplicasPath: ".spec.name", statusReplicasPath: ".status.n" } },
      'scale.specReplicasPath: Invalid value: ".spec.name": the field must be of type integer',
    ],
  ] as const)("refuses %s that leads nowhere", (_, change, message) => {
    expect(() => crdFor(defineKind({ ...base, ...change }))).toThrow(message);
  });

  it("follows paths into open objects no further", () => {
    const kind = defineKind({ ...base, spec: z.looseObject({}), columns: [{ name: "A", jsonPath: ".spec.any.thing", type: "string" }] });
    expect(crdFor(kind).spec.versions[0]?.additionalPrinterColumns).toHaveLength(2);
  });

  it("adds the age to your columns, unless you show it yourself", () => {
    const age = { name: "Since", jsonPath: ".metadata.creationTimestamp", type: "date" } as const;
    const names = (columns: readonly (typeof age)[]): unknown =>
      crdFor(defineKind({ ...base, columns })).spec.versions[0]?.additionalPrinterColumns?.map(({ name }) => name);
    expect(names([])).toBeUndefined();
    expect(names([age])).toEqual(["Since"]);
    const size = { name: "Size", jsonPath: ".spec.size", type: "integer" } as const;
    expect(crdFor(defineKind({ ...base, columns: [size] })).spec.versions[0]?.additionalPrinterColumns).toEqual([
      size,
      { name: "Age", jsonPath: ".metadata.creationTimestamp", type: "date" },
    ]);
  });

  it("has a status subresource exactly when there is a status", () => {
    expect(crdFor(defineKind(base)).spec.versions[0]?.subresources).toBeUndefined();
    expect(crdFor(defineKind({ ...base, conditions: true })).spec.versions[0]?.subresources).toEqual({ status: {} });
  });

  it("passes labels and annotations on", () => {
    expect(crdFor(defineKind(base), { labels: { a: "b" } }).metadata).toEqual({ name: "things.example.com", labels: { a: "b" } });
  });
});
