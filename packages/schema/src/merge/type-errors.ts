import { fieldElement, fieldPathString, indexElement } from "@operatorkit/object";
import type { Json, PathElement } from "@operatorkit/object";
import { goString, goSyntax, goType } from "./go-format.ts";
import { identify } from "./list-item.ts";
import type { ListType, MapType, MergeType, ScalarType } from "./merge-type.ts";
import { isList, isMap, shapeOf } from "./shape.ts";

/**
 * What keeps a value from being of a type, in the words of structured-merge-diff; empty when it fits. `allowsDuplicates`: items of
 * a set or list map may repeat, as they may in a stored object.
 *
 * Source: structured-merge-diff `typed/validate.go`.
 */
export function typeErrors(type: MergeType, value: Json, allowsDuplicates: boolean): string[] {
  const check = new TypeCheck(allowsDuplicates);
  check.value(type, value);
  return check.errors;
}

class TypeCheck {
  readonly errors: string[] = [];
  readonly #path: PathElement[] = [];
  readonly #allowsDuplicates: boolean;

  constructor(allowsDuplicates: boolean) {
    this.#allowsDuplicates = allowsDuplicates;
  }

  value(type: MergeType, value: Json): void {
    switch (shapeOf(type, value)) {
      case "map":
        if (type.map !== undefined) this.#map(type.map, value);
        return;
      case "list":
        if (type.list !== undefined) this.#list(type.list, value);
        return;
      case "scalar":
        if (type.scalar !== undefined) this.#scalar(type.scalar, value);
    }
  }

  #map(type: MapType, value: Json): void {
    if (value === null) return;
    if (!isMap(value)) return this.#report(`expected map, got &{${goString(value)}}`);
    for (const [key, part] of Object.entries(value)) {
      const partType = type.typeOf(key);
      this.#path.push(fieldElement(key));
      if (partType === undefined) this.#report("field not declared in schema");
      else this.value(partType, part);
      this.#path.pop();
      if (partType === undefined) return;
    }
  }

  #list(type: ListType, value: Json): void {
    if (value === null) return;
    if (!isList(value)) return this.#report(`expected list, got &{${goString(value)}}`);
    const seen = new Set<PathElement>();
    for (const [index, item] of value.entries()) {
      let element = indexElement(index);
      if (!type.isAtomic) {
        const identity = identify(type, item);
        if ("problem" in identity) return this.#report(`element ${index}: ${identity.problem}`);
        element = identity.element;
        if (seen.has(element) && !this.#allowsDuplicates) this.#report(`duplicate entries for key ${fieldPathString([element])}`);
        seen.add(element);
      }
      this.#path.push(element);
      this.value(type.items, item);
      this.#path.pop();
    }
  }

  #scalar(type: ScalarType, value: Json): void {
    if (value === null) return;
    const found = typeof value;
    if (type === "numeric" && found !== "number") this.#report(`expected numeric (int or float), got ${goType(value)}`);
    else if (type === "string" && found !== "string")
      this.#report(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
    else if (type === "boolean" && found !== "boolean") this.#report(`expected boolean, got &{${goString(value)}}`);
    else if (found === "object") this.#report(`expected any scalar, got &{${goString(value)}}`);
  }

  #report(problem: string): void {
    const path = fieldPathString(this.#path);
    this.errors.push(path === "" ? problem : `${path}: ${problem}`);
  }
}
