import type { Json } from "@operatorkit/object";
import type { MergeType } from "./merge-type.ts";

export type JsonMap = { readonly [key: string]: Json };

/** Which of a type's alternatives takes a value. */
export type Shape = "map" | "scalar" | "list";

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The entry of a map; `undefined` when there is none (an inherited one does not count). */
export function entryOf(map: JsonMap | undefined, key: string): Json | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/**
 * The alternative that takes `value`. Null and values the type does not allow go to the first there is: null is a valid map, list
 * or scalar, and the others are an error found by `typeErrors`.
 */
export function shapeOf(type: MergeType, value: Json | undefined): Shape {
  const exact = exactShape(type, value);
  if (exact !== undefined) return exact;
  if (type.map !== undefined) return "map";
  return type.scalar !== undefined ? "scalar" : "list";
}

/** Whether two values are taken by the same alternative, so that they can be merged part by part. */
export function haveSameShape(type: MergeType, a: Json | undefined, b: Json | undefined): boolean {
  const alternatives = Number(type.map !== undefined) + Number(type.list !== undefined) + Number(type.scalar !== undefined);
  return alternatives === 1 || exactShape(type, a) === exactShape(type, b);
}

function exactShape(type: MergeType, value: Json | undefined): Shape | undefined {
  if (value === undefined || value === null) return undefined;
  if (isList(value)) return type.list === undefined ? undefined : "list";
  if (isMap(value)) return type.map === undefined ? undefined : "map";
  return type.scalar === undefined ? undefined : "scalar";
}
