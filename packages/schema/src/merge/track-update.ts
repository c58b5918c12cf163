import { FieldSet } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { managedFieldsIn, metadataOf, withManagers, withoutManagedFields } from "./managed-object.ts";
import { capUpdateManagers, managerKey, readManagers, timestamp } from "./managers.ts";
import type { Managers } from "./managers.ts";
import { MergeError } from "./merge-error.ts";
import { checkType, resetFieldsOf, typesOf } from "./merge-options.ts";
import type { MergeOptions } from "./merge-options.ts";
import { mergeTypeOf } from "./merge-type.ts";
import { compareWithout, reconcileManagers, takeOver, withFields } from "./ownership.ts";
import { isMap } from "./shape.ts";
import { STRIPPED_FIELDS } from "./stripped-fields.ts";
import { asGoStruct } from "./zero-structs.ts";

/** A create, update or patch whose ownership is to be recorded. */
export interface TrackUpdateOptions<T extends object> extends MergeOptions {
  /** The stored object; left out when it is being created. */
  readonly before?: object;
  /** The object to be stored, with defaults but without what only the server sets (status of a new object, a cluster IP). */
  readonly after: T;
}

/**
 * `after` with the `managedFields` it is to be stored with: the manager owns what it changed, nobody else owns that or what is gone.
 * Nothing else of it changes; an entry whose manager changed nothing keeps its time.
 *
 * `after.metadata.managedFields` counts as sent by the client: absent or null keeps the stored ones; `[]` or `[{}]` stops the tracking
 * (until the next apply); others replace the stored ones, unless one of them is unreadable. Requests to a subresource cannot set them.
 *
 * Never throws: when an object does not fit the schema, ownership is dropped, as on the API server.
 * Source: apimachinery `managedfields/internal/fieldmanager.go` `Update`.
 */
export function trackUpdate<T extends object>(options: TrackUpdateOptions<T>): T {
  // Objects are plain JSON; the result is `after` but for its managedFields.
  const after = options.after as unknown as Json;
  try {
    return tracked(options, after) as unknown as T;
  } catch (error) {
    if (error instanceof MergeError) return withoutManagedFields(after) as unknown as T;
    throw error;
  }
}

function tracked(options: MergeOptions & { readonly before?: object }, after: Json): Json {
  const before = (options.before as Json | undefined) ?? null;
  const bare = withoutManagedFields(after);
  const managers = currentManagers(before, after, options.subresource !== undefined && options.subresource !== "");
  // Without entries a stored object is not tracked, until somebody applies it.
  if (managers.size === 0 && Boolean(metadataOf(before)["uid"])) return bare;
  const updated = updatedManagers(options, before, bare, managers);
  capUpdateManagers(updated);
  return withManagers(bare, updated);
}

function currentManagers(before: Json, after: Json, isSubresource: boolean): Managers {
  const stored = (): Managers => readManagers(managedFieldsIn(before)) ?? new Map();
  if (isSubresource) return stored();
  const sent = managedFieldsIn(after);
  if (isReset(sent)) return new Map();
  const managers = readManagers(sent);
  return managers === undefined || managers.size === 0 ? stored() : managers;
}

function isReset(managedFields: Json | undefined): boolean {
  if (!Array.isArray(managedFields)) return false;
  const [first] = managedFields as readonly Json[];
  return managedFields.length === 0 || (managedFields.length === 1 && isMap(first) && Object.keys(first).length === 0);
}

/**
 * The managers after an update. The change is first made by a manager of its own (whence an update that changes nothing leaves no
 * trace) and then added to the one it is for. Source: apimachinery `managedfields/internal/managedfieldsupdater.go`.
 */
export function updatedManagers(options: MergeOptions, before: Json, after: Json, managers: Managers): Managers {
  const type = mergeTypeOf(options.schema);
  const { apiVersion, resetFields = FieldSet.empty } = options;
  const typeOf = typesOf(options);
  const left = asGoStruct(type, withoutManagedFields(isMap(before) ? before : {}));
  const right = asGoStruct(type, after);
  checkType(type, right, "new", true);
  checkType(type, left, "live", true);
  const { added, modified } = compareWithout(type, left, right, resetFields);
  const { managers: others } = takeOver(left, right, "", reconcileManagers(managers, typeOf), typeOf, resetFieldsOf(options));
  const changed = modified.union(added).difference(STRIPPED_FIELDS);
  if (changed.isEmpty) return others;
  const { manager, subresource = "", nowMs } = options;
  const entry = { manager: manager === "" ? "unknown" : manager, operation: "Update", apiVersion, subresource } as const;
  const key = managerKey(entry);
  const previous = others.get(key)?.fields ?? FieldSet.empty;
  others.set(key, withFields({ ...entry, time: timestamp(nowMs), fields: previous }, changed.union(previous)));
  return others;
}
