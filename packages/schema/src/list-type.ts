import { duplicate, goJson, invalid, type FieldError } from "./field-error.ts";
import { additionalSchema, childPath, isObject, propertySchema, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * Items that occur twice in a list that is a set, or whose keys occur twice in a list that is a map. Each value is reported once.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/listtype/validation.go`.
 */
export function listTypeErrors(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  if (Array.isArray(value)) return arrayErrors(schema, value, path);
  if (!isObject(value)) return [];
  const additional = additionalSchema(schema);
  return Object.entries(value).flatMap(([key, item]) => {
    const property = propertySchema(schema, key);
    return [
      ...(additional === undefined ? [] : listTypeErrors(additional, item, `${path}[${key}]`)),
      ...(property === undefined ? [] : listTypeErrors(property, item, childPath(path, key))),
    ];
  });
}

function arrayErrors(schema: StructuralSchema, list: readonly unknown[], path: string): readonly FieldError[] {
  const { items } = schema;
  return [
    ...duplicateErrors(schema, list, path),
    ...(items === undefined ? [] : list.flatMap((item, i) => listTypeErrors(items, item, `${path}[${i}]`))),
  ];
}

function duplicateErrors(schema: StructuralSchema, list: readonly unknown[], path: string): readonly FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === "set") return duplicates(list, path);
  if (listType !== "map") return [];
  const stranger = list.findIndex((item) => item !== null && !isObject(item));
  if (stranger !== -1) return [invalid(`${path}[${stranger}]`, list[stranger], "must be an object for an array of list-type map")];
  const mapKeys = schema["x-kubernetes-list-map-keys"] ?? [];
  return duplicates(
    list.map((item) => keysOf((item ?? {}) as JsonObject, mapKeys)),
    path,
  );
}

function keysOf(item: JsonObject, mapKeys: readonly string[]): JsonObject {
  return Object.fromEntries(mapKeys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]));
}

function duplicates(values: readonly unknown[], path: string): readonly FieldError[] {
  const times = new Map<string, number>();
  const errors: FieldError[] = [];
  values.forEach((value, i) => {
    const key = goJson(value);
    const seen = times.get(key) ?? 0;
    times.set(key, seen + 1);
    if (seen === 1) errors.push(duplicate(`${path}[${i}]`, value));
  });
  return errors;
}
