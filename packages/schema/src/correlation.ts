import { sameJson, type Json } from "@operatorkit/object";
import { isObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * What a field of an object was before; undefined when there was none, or when nobody can say: an atomic map is one value.
 * Source: k8s.io/apiserver `pkg/cel/common/equality.go` CorrelatedObject.
 */
export function fieldBefore(schema: StructuralSchema, before: unknown, key: string): unknown {
  if (!isObject(before) || schema["x-kubernetes-map-type"] === "atomic") return undefined;
  return Object.hasOwn(before, key) ? (before[key] ?? undefined) : undefined;
}

/** What an item of a list was before, which only lists that are maps can tell: the one with the same keys. */
export function itemBefore(schema: StructuralSchema, before: unknown, item: unknown): unknown {
  if (!Array.isArray(before) || schema["x-kubernetes-list-type"] !== "map" || !isObject(item)) return undefined;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const keyOf = (of: Readonly<Record<string, unknown>>, key: string): Json =>
    (of[key] ?? schema.items?.properties?.[key]?.default ?? null) as Json;
  return before.find((other: unknown) => isObject(other) && keys.every((key) => sameJson(keyOf(other, key), keyOf(item, key))));
}

/** Whether a value is as it was: what is wrong with it then is not held against an update. */
export function isUnchanged(value: unknown, before: unknown): boolean {
  return before !== undefined && before !== null && sameJson(value as Json, before as Json);
}
