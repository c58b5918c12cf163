import type { Json } from "@operatorkit/object";
import { goString } from "./go-format.ts";
import { MergeError } from "./merge-error.ts";
import { entryOf, isList, isMap } from "./shape.ts";

/**
 * Lists of strategic merge patches: what their items are, and the order they come in.
 *
 * Source: apimachinery `util/strategicpatch/patch.go`.
 */

/** The kind all items of both lists are of. @throws MergeError when they differ or are lists. */
export function typeOfItems(...lists: readonly (readonly Json[])[]): string {
  const types = new Set(lists.flatMap((list) => list.map(typeOf)));
  if (types.has("list")) throw new MergeError("lists of lists are not supported", "Unprocessable");
  const [type] = types;
  if (type === undefined) throw new MergeError("no elements in any of the given slices", "InvalidType");
  if (types.size > 1) throw new MergeError(`list element types are not identical: ${goString(lists)}`, "InvalidType");
  return type;
}

function typeOf(item: Json): string {
  if (isList(item)) return "list";
  return isMap(item) ? "map" : typeof item;
}

/** The value of the merge key. @throws MergeError when the item has none. */
export function requireKey(item: Json, mergeKey: string): Json {
  const value = isMap(item) ? entryOf(item, mergeKey) : undefined;
  if (value !== undefined) return value;
  throw new MergeError(`map: ${goString(item)} does not contain declared merge key: ${mergeKey}`, "InvalidType");
}

/** Both lists without repetitions. */
export function mergedScalars(original: readonly Json[], patch: readonly Json[]): readonly Json[] {
  return normalizeOrder([...new Set([...original, ...patch])], patch, original, undefined);
}

export function scalarsWithout(items: readonly Json[], deleted: readonly Json[]): readonly Json[] {
  const gone = new Set(deleted);
  return items.filter((item) => !gone.has(item));
}

/**
 * Puts the items that `patch` has in its order, and the others, which only the server has, between them: each before the first of
 * the patch's items that the server has behind it.
 */
export function normalizeOrder(
  items: readonly Json[],
  patch: readonly Json[],
  server: readonly Json[],
  mergeKey: string | undefined,
): readonly Json[] {
  const identity = (item: Json): Json => (mergeKey === undefined ? item : requireKey(item, mergeKey));
  const patchPlaces = placesOf(patch, identity);
  const serverPlaces = placesOf(server, identity);
  const placeIn = (places: ReadonlyMap<Json, number>, item: Json): number => places.get(identity(item)) ?? Infinity;
  const ofPatch = items.filter((item) => patchPlaces.has(identity(item)));
  ofPatch.sort((a, b) => compare(placeIn(patchPlaces, a), placeIn(patchPlaces, b)));
  const ofServer = items.filter((item) => !patchPlaces.has(identity(item)));
  ofServer.sort((a, b) => compare(placeIn(serverPlaces, a), placeIn(serverPlaces, b)));

  const result: Json[] = [];
  let next = 0;
  for (const item of ofPatch) {
    const place = serverPlaces.get(identity(item)) ?? -1;
    for (; next < ofServer.length; next++) {
      const other = ofServer[next] ?? null;
      if (placeIn(serverPlaces, other) >= place) break;
      result.push(other);
    }
    result.push(item);
  }
  return [...result, ...ofServer.slice(next)];
}

function placesOf(items: readonly Json[], identity: (item: Json) => Json): ReadonlyMap<Json, number> {
  const places = new Map<Json, number>();
  for (const [index, item] of items.entries()) {
    const key = identity(item);
    if (!places.has(key)) places.set(key, index);
  }
  return places;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
