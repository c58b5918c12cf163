import { sameJson, type Json } from "@operatorkit/object";
import type { SchemaType, StructuralSchema } from "./structural-schema.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

/**
 * One structural schema for values of any of several: what values are is said once, for all of them together; how each is
 * restricted stays apart under `anyOf` or `oneOf`.
 * @throws {UnsupportedSchemaError} when they are of different types, or something can only be said for all of them
 */
export function united(schemas: readonly StructuralSchema[], junctor: "anyOf" | "oneOf", path: string): StructuralSchema {
  const [first] = schemas;
  if (first === undefined) throw new UnsupportedSchemaError(path, `${junctor} has no members`);
  if (schemas.length === 1) return first;
  const literals = literalUnion(schemas);
  if (literals !== undefined) return literals;
  const intOrString = intOrStringUnion(schemas, path);
  if (intOrString !== undefined) return intOrString;
  refuseDefaults(schemas, path);
  const structure = schemas.map(structureOf).reduce((a, b) => unitedStructure(a, b, path));
  const restrictions = schemas.map((schema) => restrictionsOf(schema, structure));
  // A member without restrictions lets everything through; so do all together.
  const says =
    junctor === "anyOf"
      ? restrictions.every((one) => Object.keys(one).length > 0)
      : restrictions.some((one) => Object.keys(one).length > 0);
  return says ? { ...structure, [junctor]: restrictions } : structure;
}

/** Literals of one type, or of integers and strings, are an enum. */
function literalUnion(schemas: readonly StructuralSchema[]): StructuralSchema | undefined {
  const isLiteral = (schema: StructuralSchema): boolean =>
    schema.enum !== undefined && Object.keys(schema).every((key) => LITERAL_KEYS.has(key)) && schema.type === schemas[0]?.type;
  if (!schemas.every(isLiteral)) return undefined;
  const values = schemas.flatMap((schema) => schema.enum ?? []);
  return { ...schemas[0], enum: values.filter((value, i) => values.findIndex((other) => sameJson(other, value)) === i) };
}

const LITERAL_KEYS: ReadonlySet<string> = new Set(["type", "enum", "x-kubernetes-int-or-string"]);

function intOrStringUnion(schemas: readonly StructuralSchema[], path: string): StructuralSchema | undefined {
  const types = schemas.map(({ type }) => type);
  if (!types.includes("string") || !types.includes("integer") || types.length !== 2) return undefined;
  const parts = schemas.map(withoutType);
  if (parts.filter((part) => part.enum !== undefined).length === 1 || parts.some((part) => part.format !== undefined)) {
    throw new UnsupportedSchemaError(path, 'an "integer or string" has no format of its own, and an enum only for both');
  }
  const values = parts.flatMap((part) => part.enum ?? []);
  // Bounds say nothing about strings, lengths and patterns nothing about integers: they go together.
  return {
    ...Object.assign({}, ...parts),
    ...(values.length > 0 && { enum: values }),
    "x-kubernetes-int-or-string": true,
  } as StructuralSchema;
}

function withoutType(schema: StructuralSchema): StructuralSchema {
  const { type: _, ...rest } = schema;
  return rest;
}

function refuseDefaults(schemas: readonly StructuralSchema[], path: string): void {
  const hasDefault = (schema: StructuralSchema): boolean =>
    schema.default !== undefined ||
    Object.values(schema.properties ?? {}).some(hasDefault) ||
    (schema.items !== undefined && hasDefault(schema.items));
  if (schemas.some(hasDefault)) {
    throw new UnsupportedSchemaError(
      path,
      "a default inside of a union would be given to values of its other members too; take it out of the union",
    );
  }
}

const STRUCTURE_KEYS: ReadonlySet<string> = new Set(
  (
    "type title description default example externalDocs nullable additionalProperties " +
    "x-kubernetes-int-or-string x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource " +
    "x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-map-type x-kubernetes-validations"
  ).split(" "),
);

/** What values are. */
function structureOf(schema: StructuralSchema): StructuralSchema {
  const own = Object.entries(schema).filter(([key]) => STRUCTURE_KEYS.has(key));
  return {
    ...Object.fromEntries(own),
    ...(schema.properties !== undefined && { properties: mapValues(schema.properties, structureOf) }),
    ...(schema.items !== undefined && { items: structureOf(schema.items) }),
  };
}

/** How values are restricted, beyond what `structure` says of all members. An integer among numbers is a multiple of 1. */
function restrictionsOf(schema: StructuralSchema, structure: StructuralSchema | undefined): StructuralSchema {
  const own = Object.entries(schema).filter(([key]) => !STRUCTURE_KEYS.has(key) && key !== "properties" && key !== "items");
  const properties = Object.entries(schema.properties ?? {})
    .map(([key, property]) => [key, restrictionsOf(property, structure?.properties?.[key])] as const)
    .filter(([, property]) => Object.keys(property).length > 0);
  const items = schema.items === undefined ? {} : restrictionsOf(schema.items, structure?.items);
  return {
    ...(schema.type === "integer" && structure?.type === "number" && { multipleOf: 1 }),
    ...Object.fromEntries(own),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(Object.keys(items).length > 0 && { items }),
  };
}

function unitedStructure(a: StructuralSchema, b: StructuralSchema, path: string): StructuralSchema {
  const type = unitedType(a, b, path);
  const properties = { ...a.properties };
  for (const [key, property] of Object.entries(b.properties ?? {})) {
    const other = Object.hasOwn(properties, key) ? properties[key] : undefined;
    properties[key] = other === undefined ? property : unitedStructure(other, property, `${path}.${key}`);
  }
  if (!sameJson(asJson(a.additionalProperties), asJson(b.additionalProperties))) {
    throw new UnsupportedSchemaError(path, "a CRD cannot say a union of different records, or of a record and an object");
  }
  const { description, title, ...rest } = withoutType({ ...b, ...a });
  return {
    ...(type !== undefined && { type }),
    ...(a.title === b.title && title !== undefined && { title }),
    ...(a.description === b.description && description !== undefined && { description }),
    ...rest,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(a.items !== undefined && b.items !== undefined && { items: unitedStructure(a.items, b.items, `${path}[]`) }),
    ...((a.nullable === true || b.nullable === true) && { nullable: true }),
  };
}

function unitedType(a: StructuralSchema, b: StructuralSchema, path: string): SchemaType | undefined {
  const names = [nameOf(a), nameOf(b)];
  if (names[0] === names[1]) return a.type;
  if (names.includes("integer") && names.includes("number")) return "number";
  const why = `a CRD cannot say "${names.join(" or ")}"; only "integer or string", or objects with different properties`;
  throw new UnsupportedSchemaError(path, `${why}. To allow anything here, use x-kubernetes-preserve-unknown-fields`);
}

function nameOf(schema: StructuralSchema): string {
  if (schema["x-kubernetes-int-or-string"] === true) return "integer or string";
  return schema.type ?? "anything";
}

/**
 * One structural schema for values of both. Restrictions that cannot be said side by side go into an `allOf`.
 * @throws {UnsupportedSchemaError} when no value could be both
 */
export function intersected(a: StructuralSchema, b: StructuralSchema, path: string): StructuralSchema {
  if (nameOf(b) === "anything" && b["x-kubernetes-preserve-unknown-fields"] === true) {
    const { "x-kubernetes-preserve-unknown-fields": _, nullable: __, ...rest } = b;
    return intersected(a, rest, path);
  }
  const type = intersectedType(a, b, path);
  const properties = { ...a.properties };
  for (const [key, property] of Object.entries(b.properties ?? {})) {
    const other = Object.hasOwn(properties, key) ? properties[key] : undefined;
    properties[key] = other === undefined ? property : intersected(other, property, `${path}.${key}`);
  }
  if (Object.keys(properties).length > 0 && (a.additionalProperties !== undefined || b.additionalProperties !== undefined)) {
    throw new UnsupportedSchemaError(
      path,
      "a CRD cannot say properties and a schema for all others; put the others into a record of their own",
    );
  }
  const required = [...new Set([...(a.required ?? []), ...(b.required ?? [])])];
  const clashes = Object.entries(b).filter(([key, value]) => !OWN_WAY.has(key) && clashesWith(a, key, value));
  const structural = clashes.find(([key]) => STRUCTURE_KEYS.has(key) && key !== "title" && key !== "description" && key !== "nullable");
  if (structural !== undefined) throw new UnsupportedSchemaError(path, `the parts of the intersection disagree about ${structural[0]}`);
  const allOf = [
    ...(a.allOf ?? []),
    ...(b.allOf ?? []),
    ...clashes.filter(([key]) => !STRUCTURE_KEYS.has(key)).map(([key, value]) => clashingPart(b, key, value)),
  ];
  return {
    ...b,
    ...a,
    ...(type !== undefined && { type }),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(a.items !== undefined && b.items !== undefined && { items: intersected(a.items, b.items, `${path}[]`) }),
    ...(required.length > 0 && { required }),
    ...(allOf.length > 0 && { allOf }),
    ...(a.nullable === true && b.nullable === false && { nullable: false }),
  };
}

const OWN_WAY: ReadonlySet<string> = new Set(["type", "properties", "items", "required", "allOf", "exclusiveMinimum", "exclusiveMaximum"]);

function clashesWith(a: StructuralSchema, key: string, value: unknown): boolean {
  const other = (a as Readonly<Record<string, unknown>>)[key];
  return other !== undefined && !sameJson(asJson(other), asJson(value));
}

/** A bound keeps its flag. */
function clashingPart(b: StructuralSchema, key: string, value: unknown): StructuralSchema {
  const flag = key === "minimum" ? "exclusiveMinimum" : key === "maximum" ? "exclusiveMaximum" : undefined;
  return { [key]: value, ...(flag !== undefined && b[flag] === true && { [flag]: true }) };
}

function intersectedType(a: StructuralSchema, b: StructuralSchema, path: string): SchemaType | undefined {
  const names = [nameOf(a), nameOf(b)];
  if (names[0] === names[1]) return a.type;
  if (names[0] === "anything") return b.type;
  if (names[1] === "anything") return a.type;
  if (names.includes("integer") && names.includes("number")) return "integer";
  throw new UnsupportedSchemaError(path, `no value is ${names.join(" and ")} at once`);
}

function mapValues(
  record: Readonly<Record<string, StructuralSchema>>,
  change: (schema: StructuralSchema) => StructuralSchema,
): Record<string, StructuralSchema> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** Schemas are JSON, but their types have no index signature. */
function asJson(value: unknown): Json | undefined {
  return value as Json | undefined;
}
