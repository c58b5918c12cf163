import { FieldSet, fieldElement, setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { elementOf } from "./list-item.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { isList, isMap, shapeOf } from "./shape.ts";

/**
 * `value` without the list items and map entries in `fields`. A map or list that loses everything becomes null, as does an atomic one
 * that would lose a part. Source: structured-merge-diff `typed/remove.go`.
 */
export function withoutFields(type: MergeType, value: Json, fields: FieldSet): Json {
  if (fields.isEmpty) return value;
  switch (shapeOf(type, value)) {
    case "map":
      return isMap(value) && type.map !== undefined ? mapWithout(type.map, value, fields) : null;
    case "list":
      return isList(value) && type.list !== undefined ? listWithout(type.list, value, fields) : null;
    case "scalar":
      return value;
  }
}

function mapWithout(type: MapType, map: { readonly [key: string]: Json }, fields: FieldSet): Json {
  if (type.isAtomic) return null;
  const result: Record<string, Json> = {};
  let isEmpty = true;
  for (const [key, part] of Object.entries(map)) {
    const element = fieldElement(key);
    if (fields.members.has(element)) continue;
    const below = fields.children.get(element);
    const partType = type.typeOf(key);
    setOwn(result, key, below === undefined || partType === undefined ? part : withoutFields(partType, part, below));
    isEmpty = false;
  }
  return isEmpty ? null : result;
}

function listWithout(type: ListType, items: readonly Json[], fields: FieldSet): Json {
  if (type.isAtomic) return null;
  const result: Json[] = [];
  for (const item of items) {
    const element = elementOf(type, item);
    if (fields.members.has(element)) continue;
    result.push(withoutFields(type.items, item, fields.children.get(element) ?? FieldSet.empty));
  }
  return result.length === 0 ? null : result;
}
