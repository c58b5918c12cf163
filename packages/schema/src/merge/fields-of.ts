import { fieldElement, FieldSetBuilder } from "@operatorkit/object";
import type { FieldSet, Json, PathElement } from "@operatorkit/object";
import { elementOf } from "./list-item.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { isList, isMap, shapeOf } from "./shape.ts";

/** Every field that applying `value` owns: leaves, list items, map entries. Source: structured-merge-diff `typed/tofieldset.go`. */
export function fieldsOf(type: MergeType, value: Json): FieldSet {
  const walk = new FieldWalk();
  walk.value(type, value);
  return walk.fields.build();
}

class FieldWalk {
  readonly fields = new FieldSetBuilder();
  readonly #path: PathElement[] = [];

  value(type: MergeType, value: Json): void {
    switch (shapeOf(type, value)) {
      case "map":
        if (type.map?.isAtomic === true) this.#insert();
        else if (type.map !== undefined && isMap(value)) this.#map(type.map, value);
        return;
      case "list":
        if (type.list?.isAtomic === true) this.#insert();
        else if (type.list !== undefined && isList(value)) this.#list(type.list, value);
        return;
      case "scalar":
        this.#insert();
    }
  }

  #map(type: MapType, map: { readonly [key: string]: Json }): void {
    for (const [key, part] of Object.entries(map)) {
      const partType = type.typeOf(key);
      if (partType === undefined) continue;
      this.#path.push(fieldElement(key));
      this.value(partType, part);
      const isEmpty = part === null || (isMap(part) && Object.keys(part).length === 0);
      if (isEmpty || !type.hasField(key)) this.#insert();
      this.#path.pop();
    }
  }

  /** Items that repeat are owned as one, without their fields. */
  #list(type: ListType, items: readonly Json[]): void {
    const elements = items.map((item) => elementOf(type, item));
    const seen = new Set<PathElement>();
    const repeated = new Set<PathElement>();
    for (const element of elements) (seen.has(element) ? repeated : seen).add(element);
    for (const [index, item] of items.entries()) {
      const element = elements[index];
      if (element === undefined) continue;
      this.#path.push(element);
      if (!repeated.has(element)) this.value(type.items, item);
      this.#insert();
      this.#path.pop();
    }
  }

  #insert(): void {
    this.fields.insert(this.#path);
  }
}
