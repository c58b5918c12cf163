import { FieldSet } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { compare } from "./comparison.ts";
import type { Comparison } from "./comparison.ts";
import { fieldsOf } from "./fields-of.ts";
import type { Manager, Managers } from "./managers.ts";
import type { MergeType } from "./merge-type.ts";
import { withNamedFields } from "./named-fields.ts";
import { reconciledFields } from "./reconciled-fields.ts";
import { withoutFields } from "./without-fields.ts";

/**
 * The types of a kind's versions. A version converts to another by its `apiVersion` alone, so an object has the same fields in all of
 * them. `undefined` for a version that is no more: its managers are forgotten.
 */
export type TypeOfVersion = (apiVersion: string) => MergeType | undefined;

/** The fields a change cannot reach, for managers of a version. */
export type ResetFieldsOfVersion = (apiVersion: string) => FieldSet;

/** What a change takes from the managers other than the one that makes it. */
export interface Takeover {
  /** Fields of theirs that get another value, by manager. */
  readonly conflicts: ReadonlyMap<string, FieldSet>;
  /** The managers without what they lose. */
  readonly managers: Managers;
}

/** The managers with their fields as the schema owns them now. Source: structured-merge-diff `merge/update.go` and so for all below. */
export function reconcileManagers(managers: Managers, typeOf: TypeOfVersion): Managers {
  const result: Managers = new Map();
  for (const [key, manager] of managers) {
    const type = typeOf(manager.apiVersion);
    if (type !== undefined) result.set(key, withFields(manager, reconciledFields(type, manager.fields)));
  }
  return result;
}

/** Compares `before` and `after` in the versions the managers use, and takes from all but `changer` what changed. */
export function takeOver(
  before: Json,
  after: Json,
  changer: string,
  managers: Managers,
  typeOf: TypeOfVersion,
  resetFieldsOf: ResetFieldsOfVersion,
): Takeover {
  const comparisons = new Map<string, Comparison>();
  const conflicts = new Map<string, FieldSet>();
  const result: Managers = new Map();
  for (const [key, manager] of managers) {
    const type = typeOf(manager.apiVersion);
    if (type === undefined) continue;
    if (key === changer) {
      result.set(key, manager);
      continue;
    }
    const { apiVersion } = manager;
    let comparison = comparisons.get(apiVersion);
    if (comparison === undefined)
      comparisons.set(apiVersion, (comparison = compareWithout(type, before, after, resetFieldsOf(apiVersion))));
    const conflict = manager.fields.intersection(comparison.modified.union(comparison.added));
    if (!conflict.isEmpty) conflicts.set(key, conflict);
    const fields = manager.fields.difference(conflict).difference(comparison.removed);
    if (!fields.isEmpty) result.set(key, withFields(manager, fields));
  }
  return { conflicts, managers: result };
}

/** The differences outside of the fields a request cannot change. */
export function compareWithout(type: MergeType, before: Json, after: Json, resetFields: FieldSet): Comparison {
  const { added, modified, removed } = compare(type, before, after);
  return {
    added: added.recursiveDifference(resetFields),
    modified: modified.recursiveDifference(resetFields),
    removed: removed.recursiveDifference(resetFields),
  };
}

/**
 * `merged` without what the applier owned before (`last`), does not apply any more, and nobody else owns. `managers` has the applier's
 * new fields too, as `next`.
 */
export function prune(merged: Json, last: Manager | undefined, next: Manager, managers: Managers, typeOf: TypeOfVersion): Json {
  if (last === undefined || last.fields.isEmpty) return merged;
  // Usually everything is applied again, and what an applier owns has no unowned items above it: then nothing can go.
  if (last.apiVersion === next.apiVersion && last.fields.difference(next.fields).isEmpty) return merged;
  const type = typeOf(last.apiVersion);
  if (type === undefined) return merged;
  const lastFields = withNamedFields(type, last.fields);
  const mergedFields = withNamedFields(type, fieldsOf(type, merged));
  const withoutLast = withoutFields(type, merged, lastFields);
  const kept = withOwnedItems(merged, withoutLast, last.apiVersion, managers, typeOf);
  const keptFields = withNamedFields(type, fieldsOf(type, kept));
  return withoutFields(type, merged, mergedFields.difference(keptFields).intersection(lastFields));
}

/** `pruned` with what it lacks of `merged` but some manager owns. */
function withOwnedItems(merged: Json, pruned: Json, prunedVersion: string, managers: Managers, typeOf: TypeOfVersion): Json {
  const ownedAtVersion = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of managers.values()) {
    ownedAtVersion.set(apiVersion, (ownedAtVersion.get(apiVersion) ?? FieldSet.empty).union(fields));
  }
  let result = pruned;
  const versions = [...ownedAtVersion].toSorted(([a], [b]) => Number(b === prunedVersion) - Number(a === prunedVersion));
  for (const [apiVersion, owned] of versions) {
    const type = typeOf(apiVersion);
    if (type === undefined) continue;
    const mergedFields = withNamedFields(type, fieldsOf(type, merged));
    const keep = withNamedFields(type, fieldsOf(type, result)).union(withNamedFields(type, owned));
    result = withoutFields(type, merged, mergedFields.difference(keep));
  }
  return result;
}

export function withFields(manager: Manager, fields: FieldSet): Manager {
  return fields === manager.fields ? manager : { ...manager, fields };
}
