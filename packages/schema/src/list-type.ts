import { duplicate, goJson, invalid, type FieldError } from "./field-error.ts";
import { additionalSchema, childPath, isObject, propertySchema, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * Items that occur twice in a list that is a set, or whose keys occur twice in a list that is a map. Each value is reported once.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/listtype/validation.go`.
 */
export function listTypeErrors(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, value, path, errors);
  return errors;
}

function walk(schema: StructuralSchema, value: unknown, path: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    addDuplicates(schema, value, path, errors);
    if (items !== undefined) value.forEach((item, i) => isCompound(item) && walk(items, item, `${path}[${i}]`, errors));
  } else if (isObject(value)) {
    const additional = additionalSchema(schema);
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (!isCompound(item)) continue;
      const property = propertySchema(schema, key);
      if (additional !== undefined) walk(additional, item, `${path}[${key}]`, errors);
      if (property !== undefined) walk(property, item, childPath(path, key), errors);
    }
  }
}

function isCompound(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function addDuplicates(schema: StructuralSchema, list: readonly unknown[], path: string, errors: FieldError[]): void {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "set") {
    for (const i of repeated(list.map(identity))) errors.push(duplicate(`${path}[${i}]`, list[i]));
  }
  if (listType !== "map") return;
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger !== -1) {
    errors.push(invalid(`${path}[${stranger}]`, list[stranger], "must be an object for an array of list-type map"));
    return;
  }
  const mapKeys = schema["x-kubernetes-list-map-keys"] ?? [];
  const identities = list.map((item) => mapKeys.map((key) => identity((item as JsonObject | null)?.[key])).join(","));
  for (const i of repeated(identities)) errors.push(duplicate(`${path}[${i}]`, keysOf(list[i] as JsonObject | null, mapKeys)));
}

/** The same text for the same JSON, and only for it; none for a missing value. */
function identity(value: unknown): string {
  if (value === undefined) return "";
  return isCompound(value) ? goJson(value) : JSON.stringify(value);
}

function keysOf(item: JsonObject | null, mapKeys: readonly string[]): JsonObject {
  return Object.fromEntries(mapKeys.filter((key) => item?.[key] !== undefined).map((key) => [key, item?.[key]]));
}

/** The places where something is seen for the second time. */
function repeated(identities: readonly string[]): readonly number[] {
  const times = new Map<string, number>();
  const places: number[] = [];
  identities.forEach((one, i) => {
    const seen = times.get(one) ?? 0;
    times.set(one, seen + 1);
    if (seen === 1) places.push(i);
  });
  return places;
}
