import { setOwn } from "@operatorkit/object";
import type { Json, PathElement } from "@operatorkit/object";
import { elementOf } from "./list-item.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryOf, isList, isMap, shapeOf } from "./shape.ts";

/**
 * `live` with an applied configuration merged in: fields of `config` win, nothing is removed. Items of a merged list come in the
 * order of `config`, with those only `live` has kept where they were among them.
 *
 * Source: structured-merge-diff `typed/merge.go`.
 */
export function mergedValue(type: MergeType, live: Json | undefined, config: Json): Json {
  if (live === undefined) return config;
  switch (shapeOf(type, config)) {
    case "map":
      return type.map === undefined ? config : mergedMap(type.map, live, config);
    case "list":
      return type.list === undefined ? config : mergedList(type.list, live, config);
    case "scalar":
      return config;
  }
}

function mergedMap(type: MapType, live: Json, config: Json): Json {
  const left = isMap(live) ? live : {};
  const right = isMap(config) ? config : {};
  if (type.isAtomic || (Object.keys(left).length === 0 && Object.keys(right).length === 0)) return config;
  const result: Record<string, Json> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const entryType = type.typeOf(key);
    setOwn(result, key, entryType === undefined ? value : mergedValue(entryType, entryOf(left, key), value));
  }
  return result;
}

function mergedList(type: ListType, live: Json, config: Json): Json {
  const left = isList(live) ? live : [];
  const right = isList(config) ? config : [];
  if (type.isAtomic || (left.length === 0 && right.length === 0)) return config;
  const liveItems = liveByElement(type, left);
  const configItems = new Map(right.map((item) => [elementOf(type, item), item]));
  const merged = (element: PathElement, item: Json): Json => mergedValue(type.items, liveItems.get(element), item);

  // Walk both lists at once. `shared` are the items both have, in the order of config: the next of them is what live's must wait for.
  const result: Json[] = [];
  const done = new Set<PathElement>();
  const elements = [...configItems.keys()];
  const liveElements = left.map((item) => elementOf(type, item));
  const shared = elements.filter((element) => liveItems.has(element)).values();
  let next = shared.next().value;
  for (let atLive = 0, atConfig = 0; atLive < left.length || atConfig < elements.length;) {
    const liveElement = liveElements[atLive];
    const element = elements[atConfig];
    if (liveElement !== undefined && element !== undefined) {
      if (liveElement === element) {
        result.push(merged(element, configItems.get(element) ?? null));
        done.add(element);
        atLive++;
        atConfig++;
        next = shared.next().value;
        continue;
      }
      if (configItems.has(liveElement) && next !== undefined && next !== liveElement) {
        atLive++; // Shared, but its turn in config's order is another one.
        continue;
      }
    }
    if (liveElement !== undefined && !configItems.has(liveElement)) {
      result.push(left[atLive] ?? null);
      atLive++;
      continue;
    }
    if (liveElement !== undefined && done.has(liveElement)) atLive++; // A duplicate of live, merged already.
    if (element !== undefined) {
      result.push(merged(element, configItems.get(element) ?? null));
      done.add(element);
      atConfig++;
      if (next === element) next = shared.next().value;
    }
  }
  return result;
}

/** Items that repeat are not merged with: null stands for them. */
function liveByElement(type: ListType, items: readonly Json[]): Map<PathElement, Json> {
  const byElement = new Map<PathElement, Json>();
  for (const item of items) {
    const element = elementOf(type, item);
    byElement.set(element, byElement.has(element) ? null : item);
  }
  return byElement;
}
