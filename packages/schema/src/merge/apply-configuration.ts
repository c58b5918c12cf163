import { FieldSet, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { conflictsOf } from "./conflicts.ts";
import type { Conflict } from "./conflicts.ts";
import { fieldsOf } from "./fields-of.ts";
import { conflictsBeyondLastApplied, withLastApplied } from "./last-applied.ts";
import { managedFieldsIn, withManagers, withoutManagedFields } from "./managed-object.ts";
import { managerKey, readManagers, timestamp } from "./managers.ts";
import type { Manager, Managers } from "./managers.ts";
import { mergedValue } from "./merged-value.ts";
import { MergeError } from "./merge-error.ts";
import { checkType, resetFieldsOf, typesOf } from "./merge-options.ts";
import type { MergeOptions } from "./merge-options.ts";
import { mergeTypeOf } from "./merge-type.ts";
import { prune, reconcileManagers, takeOver } from "./ownership.ts";
import { withoutNullFields } from "./null-fields.ts";
import { isMap } from "./shape.ts";
import { STRIPPED_FIELDS } from "./stripped-fields.ts";
import { updatedManagers } from "./track-update.ts";
import { asGoStruct } from "./zero-structs.ts";

export interface ApplyConfigurationOptions extends MergeOptions {
  /** The stored object; left out when the apply creates it. */
  readonly live?: object;
  /** What the manager wants: a partial object with apiVersion, kind and name. */
  readonly config: object;
  /** Takes fields from other managers instead of reporting conflicts. */
  readonly force: boolean;
}

export interface ApplyResult {
  /** The object to be stored, with its `managedFields`; defaults are still to be set. The live one when there are conflicts. */
  readonly object: object;
  /** Fields of other managers with other values; nothing was applied if there are any. `conflictStatus` makes the answer of them. */
  readonly conflicts: readonly Conflict[];
}

/**
 * A server-side apply: merges `config` into `live`, removes what the manager applied before and does not any more (unless somebody
 * else owns it), and records the manager as owner of what it applies. No argument is changed.
 *
 * The manager called `kubectl` takes fields that its last client-side apply set (the `last-applied-configuration` annotation) without a
 * conflict, and has the annotation kept up to date.
 *
 * A custom resource's map or list that loses its last entry becomes null, as on the API server; of a built-in kind it is gone.
 *
 * @throws MergeError when `config` or `live` does not fit the schema, or `config` has managedFields.
 * Source: apimachinery `managedfields/internal/fieldmanager.go` `Apply`, structured-merge-diff `merge/update.go` `Apply`.
 */
export function applyConfiguration(options: ApplyConfigurationOptions): ApplyResult {
  // Objects are plain JSON.
  const config = options.config as Json;
  const stored = (options.live as Json | undefined) ?? null;
  const managers = readManagers(managedFieldsIn(stored));
  if (managers === undefined) throw new MergeError("failed to decode managed fields", "InvalidType");
  if ((managedFieldsIn(config) ?? null) !== null) throw new MergeError("metadata.managedFields must be nil", "BadRequest");

  const type = mergeTypeOf(options.schema);
  const live = isMap(stored) ? withoutManagedFields(stored) : asGoStruct(type, {});
  checkType(type, config, "patch", false);
  checkType(type, live, "live", true);
  const owners = trackedFromNow(options, live, managers);
  let result = merge(options, live, config, owners);
  if (result.conflicts.length > 0 && options.manager === "kubectl") {
    const conflicts = conflictsBeyondLastApplied(type, live, options.apiVersion, result.conflicts);
    result = conflicts.length > 0 ? { ...result, conflicts } : merge({ ...options, force: true }, live, config, owners);
  }
  if (result.conflicts.length > 0) return { object: options.live ?? options.config, conflicts: result.conflicts };
  const object = options.manager === "kubectl" ? withLastApplied(result.object, config) : result.object;
  // The object is a map: `config` is one.
  return { object: withManagers(object, result.managers) as object, conflicts: [] };
}

/** An object nobody owned: what is there came from `before-first-apply`. Source: `managedfields/internal/skipnonapplied.go`. */
function trackedFromNow(options: ApplyConfigurationOptions, live: Json, managers: Managers): Managers {
  if (managers.size > 0 || options.live === undefined) return managers;
  return updatedManagers({ ...options, manager: "before-first-apply" }, null, live, managers);
}

interface Merged {
  readonly object: Json;
  readonly managers: Managers;
  readonly conflicts: readonly Conflict[];
}

function merge(options: ApplyConfigurationOptions, live: Json, config: Json, managers: Managers): Merged {
  const type = mergeTypeOf(options.schema);
  const { apiVersion, manager, subresource = "", resetFields = FieldSet.empty } = options;
  const typeOf = typesOf(options);
  const owners = reconcileManagers(managers, typeOf);
  const applier: Manager = {
    manager: manager === "" ? "unknown" : manager,
    operation: "Apply",
    subresource,
    apiVersion,
    time: undefined,
    fields: fieldsOf(type, config).recursiveDifference(resetFields),
  };
  const key = managerKey(applier);
  const last = owners.get(key);
  owners.set(key, applier);
  const object = prune(mergedValue(type, live, config), last, applier, owners, typeOf);
  const { conflicts, managers: result } = takeOver(live, object, key, owners, typeOf, resetFieldsOf(options));
  if (!options.force && conflicts.size > 0) return { object: live, managers, conflicts: conflictsOf(conflicts, owners) };

  const fields = applier.fields.difference(STRIPPED_FIELDS);
  const time = sameJson(live, object) ? last?.time : timestamp(options.nowMs);
  if (fields.isEmpty) result.delete(key);
  else result.set(key, { ...applier, time, fields });
  return { object: withoutNullFields(type, object), managers: result, conflicts: [] };
}
