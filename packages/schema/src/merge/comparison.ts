import { fieldElement, FieldSetBuilder, sameJson } from "@operatorkit/object";
import type { FieldSet, Json, PathElement } from "@operatorkit/object";
import { elementOf } from "./list-item.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryOf, haveSameShape, isList, isMap, shapeOf } from "./shape.ts";

/** What differs between two objects, field by field. A field is in at most one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values of a type, found valid before. Source: structured-merge-diff `typed/compare.go`. */
export function compare(type: MergeType, before: Json, after: Json): Comparison {
  const walk = new Comparing();
  walk.compare(type, before, after);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

/** One walk over both values. `undefined` is a value that is not there, null one that is. */
class Comparing {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #path: PathElement[] = [];

  compare(type: MergeType, before: Json | undefined, after: Json | undefined): void {
    if (before === after) return;
    let wasLeaf: boolean;
    if (after === undefined) wasLeaf = this.#compareAs(type, before, before, after);
    else if (before === undefined || haveSameShape(type, before, after)) wasLeaf = this.#compareAs(type, after, before, after);
    else {
      this.#compareAs(type, before, before, after);
      wasLeaf = this.#compareAs(type, after, before, after);
    }
    if (wasLeaf) return;
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
  }

  /** Compares with the alternative of the type that takes `chooser`. Returns whether the value was compared as a whole. */
  #compareAs(type: MergeType, chooser: Json | undefined, before: Json | undefined, after: Json | undefined): boolean {
    switch (shapeOf(type, chooser)) {
      case "map":
        return this.#compareMaps(type.map, before, after);
      case "list":
        return this.#compareLists(type.list, before, after);
      case "scalar":
        return this.#compareWhole(before, after);
    }
  }

  #compareWhole(before: Json | undefined, after: Json | undefined): true {
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
    else if (!sameJson(before, after)) this.modified.insert(this.#path);
    return true;
  }

  #compareMaps(type: MapType | undefined, before: Json | undefined, after: Json | undefined): boolean {
    const left = isMap(before) ? before : {};
    const right = isMap(after) ? after : {};
    const keys = Object.keys(left);
    // Two empty ones count as a whole, so that null, {} and nothing differ.
    const areEmpty = keys.length === 0 && Object.keys(right).length === 0;
    if (type === undefined || type.isAtomic || areEmpty) return this.#compareWhole(before, after);
    for (const key of keys) this.#compareEntry(type, key, left[key], entryOf(right, key));
    for (const key of Object.keys(right)) if (!Object.hasOwn(left, key)) this.#compareEntry(type, key, undefined, right[key]);
    return false;
  }

  #compareEntry(type: MapType, key: string, before: Json | undefined, after: Json | undefined): void {
    const entryType = type.typeOf(key);
    if (entryType !== undefined) this.#below(fieldElement(key), () => this.compare(entryType, before, after));
  }

  #compareLists(type: ListType | undefined, before: Json | undefined, after: Json | undefined): boolean {
    const left = isList(before) ? before : [];
    const right = isList(after) ? after : [];
    if (type === undefined || type.isAtomic || (left.length === 0 && right.length === 0)) return this.#compareWhole(before, after);
    const befores = groupByElement(type, left);
    const afters = groupByElement(type, right);
    for (const [element, items] of befores) this.#compareItems(type.items, element, items, afters.get(element) ?? []);
    for (const [element, items] of afters) if (!befores.has(element)) this.#compareItems(type.items, element, [], items);
    return false;
  }

  /** Items with one identity: usually at most one on each side. Repeated ones are owned together, as a marker without fields. */
  #compareItems(type: MergeType, element: PathElement, before: readonly Json[], after: readonly Json[]): void {
    this.#below(element, () => {
      if (before.length <= 1 && after.length <= 1) this.compare(type, before[0], after[0]);
      else if (before.length >= 2 && after.length >= 2) this.#compareRepeated(before, after);
      else if (before.length >= 2) {
        if (after.length > 0) this.compare(type, undefined, after[0]);
        this.removed.insert(this.#path);
      } else {
        if (before.length > 0) this.compare(type, before[0], undefined);
        this.added.insert(this.#path);
      }
    });
  }

  #compareRepeated(before: readonly Json[], after: readonly Json[]): void {
    if (!sameJson(before, after)) this.modified.insert(this.#path);
  }

  #below(element: PathElement, visit: () => void): void {
    this.#path.push(element);
    visit();
    this.#path.pop();
  }
}

function groupByElement(type: ListType, items: readonly Json[]): Map<PathElement, Json[]> {
  const groups = new Map<PathElement, Json[]>();
  for (const item of items) {
    const element = elementOf(type, item);
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}
