import { setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import type { StructuralSchema } from "../structural-schema.ts";
import { isBuiltIn, mergeTypeOf } from "./merge-type.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryOf, isList, isMap } from "./shape.ts";
import type { JsonMap } from "./shape.ts";

/**
 * `object` as the real server presents objects of a built-in kind: struct fields that are not pointers are there, as `{}`, even when
 * empty (`status: {}`, `resources: {}`). The same object when nothing is missing, as for custom resources.
 */
export function withZeroStructs<T extends object>(object: T, schema: StructuralSchema | undefined): T {
  // The result has the shape of the object; only empty maps are added to it.
  return new Filling(false).value(mergeTypeOf(schema), object as unknown as Json) as unknown as T;
}

/**
 * An object of a built-in kind as its Go struct reads: with the zero values of all fields that are no pointers, and with null for
 * required ones that are missing. That is what the real server compares, so nobody comes to own a list for the items in it, or what
 * nobody set. Other objects are returned as they are.
 */
export function asGoStruct(type: MergeType, object: Json): Json {
  return isBuiltIn(type) ? new Filling(true).value(type, object) : object;
}

class Filling {
  readonly #fillsAll: boolean;

  constructor(fillsAll: boolean) {
    this.#fillsAll = fillsAll;
  }

  value(type: MergeType, value: Json): Json {
    if (isMap(value)) return type.map === undefined ? value : this.#map(type.map, value);
    return isList(value) && type.list !== undefined ? this.#list(type.list, value) : value;
  }

  #map(type: MapType, map: JsonMap): Json {
    let result: Record<string, Json> | undefined;
    const put = (key: string, value: Json): void => setOwn((result ??= { ...map }), key, value);
    for (const [key, part] of Object.entries(map)) {
      if (part === null && this.#fillsAll && type.hasField(key)) {
        result ??= { ...map };
        delete result[key]; // Null is nothing to Go.
        continue;
      }
      const partType = type.typeOf(key);
      const whole = partType === undefined ? part : this.value(partType, part);
      if (whole !== part) put(key, whole);
    }
    for (const [key, zero] of Object.entries(type.zeros)) {
      if ((entryOf(map, key) ?? null) !== null) continue;
      if (isMap(zero)) put(key, this.value(type.typeOf(key) ?? {}, zero));
      else if (this.#fillsAll) put(key, zero);
    }
    if (this.#fillsAll) for (const key of type.requiredFields) if ((entryOf(map, key) ?? null) === null) put(key, null);
    return result ?? map;
  }

  #list(type: ListType, list: readonly Json[]): Json {
    let hasChanged = false;
    const items = list.map((item) => {
      const whole = this.value(type.items, item);
      hasChanged ||= whole !== item;
      return whole;
    });
    return hasChanged ? items : list;
  }
}
