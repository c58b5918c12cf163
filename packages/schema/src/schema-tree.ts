import type { SchemaType, StructuralSchema } from "./structural-schema.ts";

/** A JSON object, told apart from arrays and null. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema of a property that is spelled out; names such as `constructor` find nothing by accident. */
export function propertySchema(schema: StructuralSchema | undefined, key: string): StructuralSchema | undefined {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
}

/** The schema of the values that are not spelled out; undefined when anything goes, or nothing. */
export function additionalSchema(schema: StructuralSchema | undefined): StructuralSchema | undefined {
  return typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** The schema for a key of an object. */
export function fieldSchema(schema: StructuralSchema | undefined, key: string): StructuralSchema | undefined {
  return propertySchema(schema, key) ?? additionalSchema(schema);
}

/** The types a value may have; none when any will do. */
export function typesOf(schema: StructuralSchema): readonly SchemaType[] {
  if (schema["x-kubernetes-int-or-string"] === true) return INT_OR_STRING;
  return schema.type === undefined ? [] : [schema.type];
}

const INT_OR_STRING: readonly SchemaType[] = ["integer", "string"];

/** `a` + `b` → `a.b`, as the server writes paths in messages. */
export function childPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
