import type { Json } from "./kubernetes-object.ts";

/** Whether two JSON values are equal: lists in order, maps whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b)) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameList(a, b);
  if (Array.isArray(b)) return false;
  return sameMap(a as JsonMap, b as JsonMap);
}

type JsonMap = { readonly [key: string]: Json };

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
}

function sameMap(a: JsonMap, b: JsonMap): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

function isContainer(value: Json | undefined): value is readonly Json[] | JsonMap {
  return typeof value === "object" && value !== null;
}
