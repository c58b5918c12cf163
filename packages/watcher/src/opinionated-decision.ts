import type { KubernetesObject } from "@operatorkit/object";
import { onlyFinalizersDiffer, rankOf, type MarkFacts } from "./finalizer-marks.ts";

/** How two versions of an object differ. */
export interface ChangeFacts {
  /** The old object bore a mark that the new one does not: it is less protected than it was. */
  readonly isMarkLost: boolean;
  readonly isSameVersion: boolean;
  /** Undefined for kinds that count no generations. */
  readonly isSameGeneration: boolean | undefined;
  /** Nothing but finalizers, the version and bookkeeping differs. */
  readonly onlyFinalizersDiffer: boolean;
}

/** What the watcher knows, besides the event. */
export interface Circumstances {
  /** The object was read for this decision. */
  readonly isLive: boolean;
  /** Its add has failed in this process: whoever retries calls it again. */
  readonly isBeingAdded: boolean;
  /** Resyncs are told as sync. */
  readonly tellsResyncs: boolean;
}

/**
 * What to do.
 * - `cleanUp`: call delete, then take our finalizers off
 * - `sync`: call sync, then take a leftover in-progress finalizer off
 * - `adopt`: put the in-progress finalizer on, call add, put ours in its place
 * - `lookAgain`: the event may be older than our own write; read the object and decide again
 */
export type Decision = "ignore" | "cleanUp" | "sync" | "adopt" | "update" | "lookAgain";

/**
 * | deleting | ours | in progress | an add is told |
 * |----------|------|-------------|----------------|
 * | yes      | no   | no          | ignore         |
 * | yes      | yes, or in progress | | cleanUp     |
 * | no       | yes  | any         | sync           |
 * | no       | no   | any         | adopt          |
 */
export function decideAdd({ isDeleting, isOurs, isInProgress }: MarkFacts): Decision {
  if (isDeleting) return isOurs || isInProgress ? "cleanUp" : "ignore";
  return isOurs ? "sync" : "adopt";
}

/**
 * The first row that fits, of what is true of the new object and of the change:
 *
 * | deleting | ours | the change                                             | an update is told                |
 * |----------|------|--------------------------------------------------------|----------------------------------|
 * | yes      | no, and not in progress | any                                 | ignore                           |
 * | yes      | yes, or in progress     | any                                 | cleanUp                          |
 * | no       | no   | not of the specification, no mark lost, being added    | ignore: the add is retried       |
 * | no       | no   | any other                                              | lookAgain; adopt when read anew  |
 * | no       | yes  | none: the same version                                 | sync if resyncs are told, ignore |
 * | no       | yes  | not of the specification                               | ignore                           |
 * | no       | yes  | any other                                              | update                           |
 *
 * A change is not of the specification when the generation is the same, or, for kinds without, when only finalizers differ. So the
 * mark that an add begins with, and a status that a failing add writes, do not begin a second chain of retries beside the first.
 *
 * A deletion comes before the test of generations, or a failed cleanup would never be tried again (grafana-app-sdk #1536).
 */
export function decideUpdate(
  { isDeleting, isOurs, isInProgress }: MarkFacts,
  change: ChangeFacts,
  { isLive, isBeingAdded, tellsResyncs }: Circumstances,
): Decision {
  if (isDeleting) return isOurs || isInProgress ? "cleanUp" : "ignore";
  const isUnspecific = change.isSameGeneration ?? change.onlyFinalizersDiffer;
  if (!isOurs) {
    if (isLive) return "adopt";
    return isBeingAdded && isUnspecific && !change.isSameVersion && !change.isMarkLost ? "ignore" : "lookAgain";
  }
  if (change.isSameVersion) return tellsResyncs ? "sync" : "ignore";
  return isUnspecific ? "ignore" : "update";
}

/** How `object` differs from `old`. */
export function changeFacts(
  old: KubernetesObject,
  object: KubernetesObject,
  factsOf: (object: KubernetesObject) => MarkFacts,
): ChangeFacts {
  const before = old.metadata.generation ?? 0;
  const after = object.metadata.generation ?? 0;
  return {
    isMarkLost: rankOf(factsOf(object)) < rankOf(factsOf(old)),
    isSameVersion: old.metadata.resourceVersion === object.metadata.resourceVersion,
    isSameGeneration: after > 0 ? before === after : undefined,
    // Not looked at where generations tell: comparing is dear for large objects.
    onlyFinalizersDiffer: after === 0 && onlyFinalizersDiffer(old, object),
  };
}
