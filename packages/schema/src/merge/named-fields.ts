import { FieldSet } from "@operatorkit/object";
import type { PathElement } from "@operatorkit/object";
import type { MergeType } from "./merge-type.ts";

/**
 * `fields` with every named field on the way to one of them: a set of `a.b.c` comes to have `a` too when the schema names it, but not
 * `a.b` when that is a key of a free map. Source: structured-merge-diff `Set.EnsureNamedFieldsAreMembers`.
 */
export function withNamedFields(type: MergeType | undefined, fields: FieldSet): FieldSet {
  if (fields.children.size === 0) return fields;
  const members = new Set(fields.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, below] of fields.children) {
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    if (name !== undefined && type?.map?.hasField(name) === true) members.add(element);
    children.set(element, withNamedFields(typeBelow(type, element, name), below));
  }
  return new FieldSet(members, children);
}

function typeBelow(type: MergeType | undefined, element: PathElement, name: string | undefined): MergeType | undefined {
  if (name !== undefined) return type?.map?.typeOf(name);
  return element.startsWith("k:") ? type?.list?.items : undefined;
}
