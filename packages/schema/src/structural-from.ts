import type { Json } from "@operatorkit/object";
import { isKnownFormat } from "./formats.ts";
import { isObject, type JsonObject } from "./schema-tree.ts";
import { intersected, united } from "./structural-merge.ts";
import type { SchemaType, StructuralSchema } from "./structural-schema.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

/**
 * JSON Schema without references → a structural schema that lets the same values through. Where the two languages differ:
 *
 * - `null` in a union, a list of types or an enum → `nullable`; an enum that may be null moves into an `allOf`, since an API server
 *   never finds null in an `enum`
 * - literals and unions of literals → `enum`; `integer | string` → `x-kubernetes-int-or-string`
 * - unions and intersections of objects → one object with all properties, restricted by `anyOf`, `oneOf` or `allOf`
 * - records → `additionalProperties`, or properties when the keys are listed; `uniqueItems` of scalars → a set
 * - bounds that are numbers of their own (`exclusiveMinimum: 3`) → `minimum` with a flag; zod's bounds of safe integers are left out
 * - no type at all → any value, kept as it is
 * - unknown formats and annotations are left out; `additionalProperties: false` too, since an API server drops unknown fields
 *
 * @throws {UnsupportedSchemaError} for what a CRD cannot say, with the path
 */
export function structuralFrom(schema: unknown, path: string): StructuralSchema {
  if (schema === true) return ANYTHING;
  if (!isObject(schema) || isNever(schema)) throw new UnsupportedSchemaError(path, "it allows no value at all; leave the property out");
  for (const [keyword, why] of UNSUPPORTED) {
    const value = schema[keyword];
    if (value !== undefined && value !== false) throw new UnsupportedSchemaError(path, why);
  }
  if (schema["x-kubernetes-int-or-string"] === true) return pickExtensions(schema, scalarRestrictions(schema));
  const { type, isNullable } = typeOf(schema, path);
  let result = withRestrictions(schema, type, path);
  for (const junctor of ["anyOf", "oneOf"] as const) {
    const members = membersOf(schema, junctor, path);
    if (members === undefined) continue;
    const others = members.filter((member) => !isNull(member));
    if (others.length === 0) throw new UnsupportedSchemaError(path, NOTHING_BUT_NULL);
    if (others.length < members.length) result = { ...result, nullable: true };
    result = withJunctor(result, junctor, others, path);
  }
  for (const [i, member] of (membersOf(schema, "allOf", path) ?? []).entries()) {
    result = hasStructure(member, result)
      ? intersected(result, structuralFrom(member, path), path)
      : { ...result, allOf: [...(result.allOf ?? []), nestedFrom(member, `${path} (allOf ${i})`)] };
  }
  if (schema["not"] !== undefined) result = { ...result, not: nestedFrom(schema["not"], `${path} (not)`) };
  const saysType = result.type !== undefined || result["x-kubernetes-int-or-string"] === true;
  const isOpen = !saysType && result["x-kubernetes-preserve-unknown-fields"] !== true;
  return finished({ ...result, ...(isNullable && { nullable: true }), ...(isOpen && ANYTHING) });
}

const NOTHING_BUT_NULL = "nothing but null is allowed; leave the property out";
/** Null too, which would else be dropped. */
const ANYTHING: StructuralSchema = { nullable: true, "x-kubernetes-preserve-unknown-fields": true };

const UNSUPPORTED: readonly (readonly [string, string])[] = [
  ["prefixItems", "a CRD knows no tuples; use an object with named properties, or a list"],
  ["contains", "a CRD cannot say what a list must contain; use a rule in x-kubernetes-validations"],
  ["if", "a CRD knows no if/then/else; use a union, or a rule in x-kubernetes-validations"],
  ["dependentRequired", "a CRD cannot say that one property requires another; use a rule in x-kubernetes-validations"],
  ["dependentSchemas", "a CRD cannot say that one property requires another; use a rule in x-kubernetes-validations"],
  ["dependencies", "a CRD cannot say that one property requires another; use a rule in x-kubernetes-validations"],
];

function isNever(schema: JsonObject): boolean {
  return isObject(schema["not"]) && Object.keys(schema["not"]).length === 0;
}

function isNull(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  return schema["type"] === "null" || schema["const"] === null || JSON.stringify(schema["enum"]) === "[null]";
}

function membersOf(schema: JsonObject, junctor: string, path: string): readonly unknown[] | undefined {
  const members = schema[junctor];
  if (members === undefined) return undefined;
  if (!Array.isArray(members)) throw new UnsupportedSchemaError(path, `${junctor} must be a list of schemas`);
  return members;
}

interface TypeAndNull {
  readonly type: SchemaType | "int-or-string" | undefined;
  readonly isNullable: boolean;
}

function typeOf(schema: JsonObject, path: string): TypeAndNull {
  const given = schema["type"];
  const all: unknown[] = given === undefined ? literalTypes(schema) : Array.isArray(given) ? given : [given];
  const types = all.filter((type) => type !== "null");
  const isNullable = schema["nullable"] === true || types.length < all.length || literalsOf(schema)?.includes(null) === true;
  if (all.length > 0 && types.length === 0) throw new UnsupportedSchemaError(path, NOTHING_BUT_NULL);
  if (types.length === 2 && types.includes("integer") && types.includes("string")) return { type: "int-or-string", isNullable };
  if (types.length === 2 && types.includes("integer") && types.includes("number")) return { type: "number", isNullable };
  if (types.length > 1) throw new UnsupportedSchemaError(path, `a CRD cannot say "${types.join(" or ")}"; only "integer or string"`);
  const [type] = types;
  if (type !== undefined && !TYPES.has(type)) throw new UnsupportedSchemaError(path, `a CRD knows no type ${JSON.stringify(type)}`);
  return { type: type as SchemaType | undefined, isNullable };
}

const TYPES: ReadonlySet<unknown> = new Set(["array", "boolean", "integer", "number", "object", "string"]);

function literalsOf(schema: JsonObject): readonly unknown[] | undefined {
  if ("const" in schema) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : undefined;
}

/** The types of a literal or an enum that does not say its type. */
function literalTypes(schema: JsonObject): string[] {
  const types = (literalsOf(schema) ?? []).map((value) => {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    return typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;
  });
  return [...new Set(types)];
}

/** Everything a schema says by itself, without what it is combined with. */
function withRestrictions(schema: JsonObject, type: TypeAndNull["type"], path: string): StructuralSchema {
  const literals = literalsOf(schema)?.filter((value) => value !== null) as readonly Json[] | undefined;
  const own: StructuralSchema = {
    ...(type === "int-or-string" && { "x-kubernetes-int-or-string": true }),
    ...(type !== undefined && type !== "int-or-string" && { type }),
    ...(literals !== undefined && { enum: literals }),
    ...scalarRestrictions(schema),
  };
  const base = pickExtensions(schema, own);
  if (type === "object") return { ...base, ...objectParts(schema, path) };
  if (type === "array") return { ...base, ...arrayParts(schema, path) };
  return base;
}

const KEPT = ["title", "description", "default", "example", "externalDocs"] as const;
const RESTRICTIONS: readonly string[] = "minLength maxLength pattern multipleOf minItems maxItems minProperties maxProperties".split(" ");

function scalarRestrictions(schema: JsonObject): StructuralSchema {
  const kept = [...KEPT, ...RESTRICTIONS].filter((key) => schema[key] !== undefined);
  const format = schema["format"];
  return {
    ...Object.fromEntries(kept.map((key) => [key, schema[key]])),
    ...(typeof format === "string" && isKnownFormat(format) && { format }),
    ...bound(schema, "minimum", "exclusiveMinimum", -Number.MAX_SAFE_INTEGER, Math.max),
    ...bound(schema, "maximum", "exclusiveMaximum", Number.MAX_SAFE_INTEGER, Math.min),
  };
}

function bound(
  schema: JsonObject,
  inclusive: "minimum" | "maximum",
  exclusive: "exclusiveMinimum" | "exclusiveMaximum",
  safe: number,
  tighter: (a: number, b: number) => number,
): StructuralSchema {
  const limit = typeof schema[inclusive] === "number" && schema[inclusive] !== safe ? schema[inclusive] : undefined;
  const strict = schema[exclusive];
  if (typeof strict === "number" && (limit === undefined || tighter(limit, strict) === strict))
    return { [inclusive]: strict, [exclusive]: true };
  return limit === undefined ? {} : { [inclusive]: limit, ...(strict === true && { [exclusive]: true }) };
}

function pickExtensions(schema: JsonObject, own: StructuralSchema): StructuralSchema {
  const extensions = Object.entries(schema).filter(([key]) => key.startsWith("x-kubernetes-"));
  return { ...own, ...Object.fromEntries(extensions) };
}

function objectParts(schema: JsonObject, path: string): StructuralSchema {
  const properties = Object.entries(isObject(schema["properties"]) ? schema["properties"] : {});
  const required = Array.isArray(schema["required"]) ? (schema["required"] as readonly string[]) : [];
  const values = valuesOf(schema, path);
  const listed = listedKeys(schema["propertyNames"], path);
  const fields = [...properties, ...listed.map((key): [string, unknown] => [key, values ?? true])];
  const result: StructuralSchema = {
    ...(fields.length > 0 && {
      properties: Object.fromEntries(fields.map(([key, property]) => [key, structuralFrom(property, `${path}.${key}`)])),
    }),
    ...(required.length > 0 && { required }),
  };
  if (values === undefined || values === false || listed.length > 0) return result;
  const isOpen = values === true || (isObject(values) && Object.keys(values).length === 0);
  if (isOpen && fields.length > 0) return { ...result, "x-kubernetes-preserve-unknown-fields": true };
  if (fields.length > 0) {
    throw new UnsupportedSchemaError(
      path,
      "a CRD cannot say properties and a schema for all others; put the others into a record of their own",
    );
  }
  return { ...result, additionalProperties: structuralFrom(values, `${path}.*`) };
}

/** The schema of values whose keys are not spelled out. */
function valuesOf(schema: JsonObject, path: string): unknown {
  const patterns = Object.entries(isObject(schema["patternProperties"]) ? schema["patternProperties"] : {});
  if (patterns.length === 0) return schema["additionalProperties"];
  const [pattern, values] = patterns[0] ?? [];
  if (patterns.length > 1 || (pattern !== "^.*$" && pattern !== "^(.*)$")) {
    throw new UnsupportedSchemaError(
      path,
      "a CRD cannot say how keys look; use a record of strings and a rule in x-kubernetes-validations",
    );
  }
  return values;
}

function listedKeys(names: unknown, path: string): readonly string[] {
  if (!isObject(names)) return [];
  const keys = literalsOf(names);
  if (keys !== undefined) return keys.filter((key) => typeof key === "string");
  if (Object.keys(names).every((keyword) => keyword === "type")) return [];
  throw new UnsupportedSchemaError(path, "a CRD cannot say how keys look; use a record of strings and a rule in x-kubernetes-validations");
}

function arrayParts(schema: JsonObject, path: string): StructuralSchema {
  if (Array.isArray(schema["items"])) throw new UnsupportedSchemaError(path, UNSUPPORTED[0]?.[1] ?? "");
  const items = structuralFrom(schema["items"] ?? true, `${path}[]`);
  if (schema["uniqueItems"] !== true || schema["x-kubernetes-list-type"] !== undefined) return { items };
  if (items.type === undefined || items.type === "object" || items.type === "array") {
    throw new UnsupportedSchemaError(
      path,
      'uniqueItems is for scalars; for objects use x-kubernetes-list-type "map" with x-kubernetes-list-map-keys',
    );
  }
  return { items, "x-kubernetes-list-type": "set" };
}

/** Whether a member of a junctor says what a value is, not only how it is restricted. */
function hasStructure(member: unknown, parent: StructuralSchema): boolean {
  if (!isObject(member)) return true;
  if ("type" in member) return true;
  if (parent.type !== undefined) {
    return (["anyOf", "oneOf", "allOf"] as const).some((junctor) => {
      const members = member[junctor];
      return Array.isArray(members) && members.some((inner) => hasStructure(inner, parent));
    });
  }
  return (
    Object.keys(member).length === 0 || ["const", "enum", "properties", "items", "anyOf", "oneOf", "allOf"].some((key) => key in member)
  );
}

function withJunctor(base: StructuralSchema, junctor: "anyOf" | "oneOf", members: readonly unknown[], path: string): StructuralSchema {
  if (members.every((member) => !hasStructure(member, base))) {
    return { ...base, [junctor]: members.map((member, i) => nestedFrom(member, `${path} (${junctor} ${i})`)) };
  }
  const isBare = base.type === undefined;
  // What the base says belongs to each member: { type: "object", anyOf: [{ properties: … }] }.
  const schemas = members.map((member) => {
    const schema = structuralFrom(isObject(member) && !isBare && !("type" in member) ? { type: base.type, ...member } : member, path);
    return schema;
  });
  return intersected(base, united(schemas, junctor, path), path);
}

/** A schema that restricts values without saying what they are. */
function nestedFrom(schema: unknown, path: string): StructuralSchema {
  if (!isObject(schema)) throw new UnsupportedSchemaError(path, "it must be a schema");
  const literals = literalsOf(schema) as readonly Json[] | undefined;
  if (schema["type"] !== undefined && literals === undefined) {
    throw new UnsupportedSchemaError(path, "a CRD cannot tell types apart here; say the type outside, and only restrictions inside");
  }
  const { title: _, description: __, default: ___, example: ____, externalDocs: _____, ...restrictions } = scalarRestrictions(schema);
  const properties = Object.entries(isObject(schema["properties"]) ? schema["properties"] : {});
  const required = schema["required"];
  return finished({
    ...restrictions,
    ...(literals !== undefined && { enum: literals }),
    ...(Array.isArray(required) && required.length > 0 && { required: required as readonly string[] }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.map(([key, property]) => [key, nestedFrom(property, `${path}.${key}`)])),
    }),
    ...(schema["items"] !== undefined && { items: nestedFrom(schema["items"], `${path}[]`) }),
    ...(schema["not"] !== undefined && { not: nestedFrom(schema["not"], path) }),
    ...Object.fromEntries(
      (["anyOf", "oneOf", "allOf"] as const)
        .filter((junctor) => schema[junctor] !== undefined)
        .map((junctor) => [junctor, (membersOf(schema, junctor, path) ?? []).map((member) => nestedFrom(member, path))]),
    ),
  });
}

/** An enum lets null through only from a place where the server does not look at null. */
function finished(schema: StructuralSchema): StructuralSchema {
  if (schema.nullable !== true || schema.enum === undefined) return schema;
  const { enum: values, ...rest } = schema;
  return { ...rest, allOf: [...(rest.allOf ?? []), { enum: values }] };
}
