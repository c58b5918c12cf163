import { FieldSet, FieldSetBuilder } from "@operatorkit/object";
import type { PathElement } from "@operatorkit/object";
import type { MergeType } from "./merge-type.ts";

/**
 * `fields`, written when the schema was another one, as they would be owned now: who owns parts of what has become atomic owns it whole.
 * (What was atomic and is not any more stays as it is.) Source: structured-merge-diff `typed/reconcile_schema.go`.
 */
export function reconciledFields(type: MergeType, fields: FieldSet): FieldSet {
  const walk = new Reconciling();
  walk.visit(type, fields, false);
  if (!walk.hasFound) return fields;
  const atomic = walk.atomic.build();
  return fields.recursiveDifference(atomic).union(atomic);
}

class Reconciling {
  readonly atomic = new FieldSetBuilder();
  hasFound = false;
  readonly #path: PathElement[] = [];

  /** `isLeaf`: the field itself is in the set and nothing below it. */
  visit(type: MergeType, fields: FieldSet | undefined, isLeaf: boolean): void {
    if (type.map !== undefined) {
      if (type.map.isDeduced) return;
      if (type.map.isAtomic && !isLeaf) {
        if (fields !== undefined && !fields.isEmpty) this.#found();
      } else this.#visitParts(type, fields);
    } else if (type.scalar === undefined && type.list !== undefined) {
      if (type.list.isAtomic && !isLeaf) this.#found();
      else this.#visitParts(type, fields);
    }
  }

  #visitParts(type: MergeType, fields: FieldSet | undefined): void {
    if (fields === undefined) return;
    for (const element of fields.members) this.#visitPart(type, element, fields.children.get(element), true);
    for (const [element, below] of fields.children) if (!fields.members.has(element)) this.#visitPart(type, element, below, false);
  }

  #visitPart(type: MergeType, element: PathElement, below: FieldSet | undefined, isMember: boolean): void {
    const partType = type.map === undefined ? type.list?.items : type.map.typeOf(element.startsWith("f:") ? element.slice(2) : "");
    if (partType === undefined) return;
    this.#path.push(element);
    this.visit(partType, below, isMember && below === undefined);
    this.#path.pop();
  }

  #found(): void {
    this.hasFound = true;
    this.atomic.insert(this.#path);
  }
}
