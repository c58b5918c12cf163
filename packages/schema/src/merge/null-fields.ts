import { setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { isBuiltIn } from "./merge-type.ts";
import type { MergeType } from "./merge-type.ts";
import { isList, isMap } from "./shape.ts";

/**
 * An object of a built-in kind without its null fields: the server reads it into a Go struct, where null is nothing. Objects of
 * other kinds are returned as they are; they keep nulls.
 */
export function withoutNullFields(type: MergeType, object: Json): Json {
  return isBuiltIn(type) ? cleaned(type, object) : object;
}

function cleaned(type: MergeType, value: Json): Json {
  const { map, list } = type;
  if (isList(value)) return list === undefined ? value : value.map((item) => cleaned(list.items, item));
  if (!isMap(value) || map === undefined) return value;
  const result: Record<string, Json> = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === null && map.hasField(key)) continue;
    const partType = map.typeOf(key);
    setOwn(result, key, partType === undefined ? part : cleaned(partType, part));
  }
  return result;
}
