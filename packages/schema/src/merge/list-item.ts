import { keyElement, valueElement } from "@operatorkit/object";
import type { Json, PathElement } from "@operatorkit/object";
import type { ListType } from "./merge-type.ts";
import { entryOf, isList, isMap } from "./shape.ts";

/**
 * What tells an item of a set or a list map apart from the others; a string in the second place says why it cannot be told.
 *
 * Source: structured-merge-diff `typed/helpers.go` `listItemToPathElement`.
 */
export function identify(type: ListType, item: Json): { readonly element: PathElement } | { readonly problem: string } {
  return type.keys.length === 0 ? identifyValue(item) : identifyByKeys(type, item);
}

/** As `identify`, for items that were found valid before. */
export function elementOf(type: ListType, item: Json): PathElement {
  const result = identify(type, item);
  if ("problem" in result) throw new Error(`list item without identity: ${result.problem}`);
  return result.element;
}

function identifyByKeys(type: ListType, item: Json): ReturnType<typeof identify> {
  if (item === null) return { problem: "associative list with keys may not have a null element" };
  if (!isMap(item)) return { problem: "associative list with keys may not have non-map elements" };
  const keys: Record<string, Json> = {};
  for (const name of type.keys) {
    const value = entryOf(item, name) ?? type.items.map?.defaultOf(name);
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length > 0) return { element: keyElement(keys) };
  const names = type.keys.map((name) => JSON.stringify(name)).join(" ");
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function identifyValue(item: Json): ReturnType<typeof identify> {
  if (isMap(item)) return { problem: "associative list without keys has an element that's a map type" };
  if (isList(item)) return { problem: "not supported: associative list with lists as elements" };
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  return { element: valueElement(item) };
}
