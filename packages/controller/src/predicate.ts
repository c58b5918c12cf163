import type { KubernetesObject } from "@operatorkit/object";
import { aFunction, aList, checkOptions } from "@operatorkit/observe/options";

/** A change of an object, before the object has its turn. */
export interface ObjectChange<T extends KubernetesObject = KubernetesObject> {
  readonly type: "add" | "update" | "delete" | "resync";
  /** The present state; of a deleted object, the last one known. */
  readonly object: T;
  /** What it was before; the same as `object` unless `type` is `update`. */
  readonly old: T;
}

/** Whether a change is worth a turn. All predicates of a controller must say so. */
export type Predicate<T extends KubernetesObject = KubernetesObject> = (change: ObjectChange<T>) => boolean;

/**
 * Lets changes of the spec through, and additions, deletions and their beginning; not those of status and metadata alone.
 * Only for kinds with a status subresource, whose generation the server counts.
 */
export const generationChanged: Predicate = ({ type, object, old }) =>
  type !== "update" ||
  object.metadata.generation === undefined ||
  object.metadata.generation !== old.metadata.generation ||
  object.metadata.deletionTimestamp !== old.metadata.deletionTimestamp;

/** True when any of `predicates` is. @throws {TypeError} for what is no function. */
export function anyOf<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  checkOptions("anyOf", { predicates }, { predicates: aList(aFunction) });
  return (change) => predicates.some((predicate) => predicate(change));
}
