import { setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import type { StructuralSchema } from "../structural-schema.ts";
import { goString } from "./go-format.ts";
import { MergeError } from "./merge-error.ts";
import { normalizeOrder, mergedScalars, requireKey, scalarsWithout, typeOfItems } from "./strategic-list.ts";
import { entryOf, isList, isMap } from "./shape.ts";
import type { JsonMap } from "./shape.ts";

/**
 * `live` after a strategic merge patch: maps merge, null removes a key, lists merge by the key their schema declares or are replaced.
 * The directives are `$patch` (replace, delete), `$retainKeys`, `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>`.
 * For built-in kinds only; no argument is changed.
 *
 * @throws MergeError when the patch is malformed.
 * Source: apimachinery `util/strategicpatch/patch.go` `StrategicMergeMapPatch`.
 */
export function strategicMergePatch<T extends object>(live: T, patch: object, schema: StructuralSchema): T {
  // Objects are plain JSON; what comes out has the kind's shape if the patch does.
  return mergeMaps(live as unknown as JsonMap, patch as unknown as JsonMap, schema) as unknown as T;
}

const PATCH = "$patch";
const RETAIN_KEYS = "$retainKeys";
const SET_ELEMENT_ORDER = "$setElementOrder";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList";

function mergeMaps(original: JsonMap, patch: JsonMap, schema: StructuralSchema | undefined): JsonMap {
  if (Object.hasOwn(patch, PATCH)) return replacedMap(patch);
  const result: Record<string, Json> = withRetainedKeys(original, patch);
  const ordered = new Set<string>();
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue;
    const key = keyOfDirective(directive, SET_ELEMENT_ORDER, "setElementOrder");
    ordered.add(directive);
    if (setElementOrder(result, patch, key, order, schema)) ordered.add(key);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (ordered.has(key) || key === RETAIN_KEYS) continue;
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(result, keyOfDirective(key, DELETE_FROM_LIST, "primitive"), value);
    else mergeEntry(result, key, value, schema);
  }
  return result;
}

function replacedMap(patch: JsonMap): JsonMap {
  const { [PATCH]: directive, ...rest } = patch;
  if (directive === "replace") return rest;
  if (directive === "delete") return {};
  throw unknownPatchType(directive, patch);
}

/** A copy of the original, of which only the keys in `$retainKeys` stay if there is one. */
function withRetainedKeys(original: JsonMap, patch: JsonMap): Record<string, Json> {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return { ...original };
  const malformed = new MergeError("invalid patch format of retainKeys", "BadRequest");
  const keys = patch[RETAIN_KEYS];
  if (!isList(keys)) throw malformed;
  for (const [key, value] of Object.entries(patch)) {
    const isDirective = key === RETAIN_KEYS || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ELEMENT_ORDER);
    if (value !== null && !isDirective && !keys.includes(key)) throw malformed;
  }
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(original)) if (keys.includes(key)) setOwn(result, key, value);
  return result;
}

function mergeEntry(result: Record<string, Json>, key: string, value: Json, schema: StructuralSchema | undefined): void {
  const old = entryOf(result, key);
  if (value === null) delete result[key];
  else if (isMap(old) && isMap(value)) {
    const field = fieldOf(schema, key);
    setOwn(result, key, strategyOf(field) === "replace" ? value : mergeMaps(old, value, field));
  } else if (isList(old) && isList(value)) setOwn(result, key, mergedField(old, value, fieldOf(schema, key)));
  else {
    const clean = withoutDirectives(isList(value) || isMap(value) ? withoutNulls(value) : value);
    if (clean === undefined) delete result[key];
    else setOwn(result, key, clean);
  }
}

function mergedField(original: readonly Json[], patch: readonly Json[], field: StructuralSchema | undefined): readonly Json[] {
  return strategyOf(field) === "merge" ? mergedList(original, patch, field) : patch;
}

function mergedList(original: readonly Json[], patch: readonly Json[], field: StructuralSchema | undefined): readonly Json[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (typeOfItems(original, patch) !== "map") return mergedScalars(original, patch);
  const mergeKey = field?.["x-kubernetes-patch-merge-key"];
  if (mergeKey === undefined) throw new MergeError("cannot merge lists without merge key for struct", "InvalidType");
  const { base, items } = withoutSpecialItems(original, patch, mergeKey);
  const merged = [...base];
  const places = new Map<Json, number>();
  for (const [index, item] of merged.entries()) {
    const value = entryOf(item, mergeKey);
    if (value !== undefined && !places.has(value)) places.set(value, index);
  }
  for (const item of items) {
    const value = requireKey(item, mergeKey);
    const place = places.get(value);
    const old = place === undefined ? undefined : merged[place];
    if (place !== undefined && old !== undefined) merged[place] = mergeMaps(old, item, field?.items);
    else places.set(value, merged.push(item) - 1);
  }
  return normalizeOrder(merged, items, base, mergeKey);
}

/** The patch's items without those that are directives, and the original after these. */
function withoutSpecialItems(original: readonly Json[], patch: readonly Json[], mergeKey: string): { base: JsonMap[]; items: JsonMap[] } {
  const items: JsonMap[] = [];
  const deleted = new Set<Json>();
  let replaces = false;
  for (const item of patch as readonly JsonMap[]) {
    const directive = entryOf(item, PATCH);
    if (directive === undefined) items.push(item);
    else if (directive === "delete") deleted.add(requireKey(item, mergeKey));
    else if (directive === "replace") replaces = true;
    else if (directive === "merge") throw new MergeError("merging lists cannot yet be specified in the patch", "InvalidType");
    else throw unknownPatchType(directive, item);
  }
  if (replaces) return { base: items, items: [] };
  const base = (original as readonly JsonMap[]).filter((item) => !deleted.has(entryOf(item, mergeKey) ?? null));
  return { base, items };
}

/** Merges the list `key` and puts it in `order`. Returns whether there was a list of the patch to merge. */
function setElementOrder(
  result: Record<string, Json>,
  patch: JsonMap,
  key: string,
  order: Json,
  schema: StructuralSchema | undefined,
): boolean {
  const original = listAt(result, key);
  const changes = listAt(patch, key);
  if (!isList(order)) throw new MergeError("expected a []interface {}", "InvalidType");
  const field = fieldOf(schema, key);
  if (field === undefined) throw new MergeError(`unable to find api field for the json field ${JSON.stringify(key)}`, "InvalidType");
  const mergeKey = field["x-kubernetes-patch-merge-key"];
  checkOrder(changes ?? [], order, mergeKey);
  let merged: readonly Json[];
  if (original !== undefined && changes !== undefined) merged = mergedField(original, changes, field);
  else if (changes !== undefined) merged = changes.flatMap((item) => withoutDirectives(item) ?? []);
  else if (original !== undefined) merged = original;
  else return false;
  typeOfItems(original ?? [], changes ?? []);
  setOwn(result, key, normalizeOrder(merged, order, original ?? [], mergeKey));
  return changes !== undefined;
}

/** The items of a patch must come in the order it sets. */
function checkOrder(changes: readonly Json[], order: readonly Json[], mergeKey: string | undefined): void {
  if (changes.length === 0 || order.length === 0) return;
  const identity = (item: Json): Json => (mergeKey === undefined ? item : requireKey(item, mergeKey));
  const wanted = changes.filter((item) => !isMap(item) || !Object.hasOwn(item, PATCH)).map(identity);
  let at = 0;
  for (const item of order) if (at < wanted.length && wanted[at] === identity(item)) at++;
  if (at === wanted.length) return;
  throw new MergeError(
    `The order in patch list:\n${goString(changes)}\n doesn't match ${SET_ELEMENT_ORDER} list:\n${goString(order)}\n`,
    "InvalidType",
  );
}

function deleteFromList(result: Record<string, Json>, key: string, items: Json): void {
  const old = entryOf(result, key);
  if (items === null) delete result[key];
  else if (isList(old) && isList(items)) setOwn(result, key, scalarsWithout(old, items));
}

function listAt(map: JsonMap, key: string): readonly Json[] | undefined {
  const value = entryOf(map, key);
  if (value === undefined || isList(value)) return value;
  throw new MergeError("expected a []interface {}", "InvalidType");
}

function keyOfDirective(directive: string, prefix: string, name: string): string {
  const slash = directive.indexOf("/");
  if (directive.slice(0, slash) === prefix) return directive.slice(slash + 1);
  throw new MergeError(`invalid patch format of ${name} list`, "BadRequest");
}

function fieldOf(schema: StructuralSchema | undefined, key: string): StructuralSchema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** How a field is patched; `retainKeys` beside it changes nothing here. */
function strategyOf(field: StructuralSchema | undefined): string | undefined {
  const strategies = field?.["x-kubernetes-patch-strategy"]?.split(",") ?? [];
  return strategies.find((strategy) => strategy !== "retainKeys");
}

function withoutNulls(value: Json): Json {
  if (isList(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const result: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) if (part !== null) setOwn(result, key, withoutNulls(part));
  return result;
}

/** `undefined` for a map that is a directive. */
function withoutDirectives(value: Json): Json | undefined {
  if (isList(value)) return value.flatMap((item) => withoutDirectives(item) ?? []);
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, PATCH)) return undefined;
  const result: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) {
    const clean = withoutDirectives(part);
    if (clean !== undefined) setOwn(result, key, clean);
  }
  return result;
}

function unknownPatchType(directive: Json | undefined, patch: JsonMap): MergeError {
  return new MergeError(`unknown patch type: ${goString(directive ?? null)} in map: ${goString(patch)}`, "InvalidType");
}
