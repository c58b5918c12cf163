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
 * An object of a built-in kind as its Go struct reads: with empty structs, and with null for required fields that are missing. That is
 * what the real server compares, so nobody comes to own a list for the items in it. Other objects are returned as they are.
 */
export function asGoStruct(type: MergeType, object: Json): Json {
  return isBuiltIn(type) ? new Filling(true).value(type, object) : object;
}

class Filling {
  readonly #addsNulls: boolean;

  constructor(addsNulls: boolean) {
    this.#addsNulls = addsNulls;
  }

  value(type: MergeType, value: Json): Json {
    if (isMap(value)) return type.map === undefined ? value : this.#map(type.map, value);
    return isList(value) && type.list !== undefined ? this.#list(type.list, value) : value;
  }

  #map(type: MapType, map: JsonMap): Json {
    let result: Record<string, Json> | undefined;
    const put = (key: string, value: Json): void => setOwn((result ??= { ...map }), key, value);
    for (const [key, part] of Object.entries(map)) {
      const partType = type.typeOf(key);
      const whole = partType === undefined ? part : this.value(partType, part);
      if (whole !== part) put(key, whole);
    }
    for (const key of type.zeroStructs) if ((entryOf(map, key) ?? null) === null) put(key, this.value(type.typeOf(key) ?? {}, {}));
    if (this.#addsNulls) for (const key of type.requiredFields) if (!Object.hasOwn(map, key)) put(key, null);
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
