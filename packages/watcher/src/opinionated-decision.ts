import { sameJson, type Json, type KubernetesObject } from "@operatorkit/object";

/** What an opinionated watcher looks at, of one object. */
export interface ObjectFacts {
  readonly isDeleting: boolean;
  /** Our finalizer (or one we used to have) is on it: it was added before. */
  readonly isOurs: boolean;
  /** The in-progress finalizer is on it: adding was begun. */
  readonly isInProgress: boolean;
}

/** How two versions of an object differ. */
export interface ChangeFacts {
  /** Our finalizer was on the old object. */
  readonly wasOurs: boolean;
  readonly isSameVersion: boolean;
  /** Undefined for kinds that count no generations. */
  readonly isSameGeneration: boolean | undefined;
  /** Nothing but finalizers, the version and bookkeeping differs. */
  readonly onlyFinalizersDiffer: boolean;
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
export function decideAdd({ isDeleting, isOurs, isInProgress }: ObjectFacts): Decision {
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
 * | no       | no   | any                                                    | lookAgain; adopt when read anew  |
 * | no       | yes  | none: the same version                                 | sync if resyncs are told, ignore |
 * | no       | yes  | the same generation: status or metadata                | ignore                           |
 * | no       | yes  | ours was put on, and nothing else; no generations      | ignore                           |
 * | no       | yes  | any other                                              | update                           |
 *
 * A deletion comes before the test of generations, or a failed cleanup would never be tried again (grafana-app-sdk #1536).
 */
export function decideUpdate(
  { isDeleting, isOurs, isInProgress }: ObjectFacts,
  { wasOurs, isSameVersion, isSameGeneration, onlyFinalizersDiffer }: ChangeFacts,
  { isLive, tellsResyncs }: { readonly isLive: boolean; readonly tellsResyncs: boolean },
): Decision {
  if (isDeleting) return isOurs || isInProgress ? "cleanUp" : "ignore";
  if (!isOurs) return isLive ? "adopt" : "lookAgain";
  if (isSameVersion) return tellsResyncs ? "sync" : "ignore";
  if (isSameGeneration === true) return "ignore";
  if (!wasOurs && isSameGeneration === undefined && onlyFinalizersDiffer) return "ignore";
  return "update";
}

/** How `object` differs from `old`. */
export function changeFacts(old: KubernetesObject, object: KubernetesObject, wasOurs: boolean): ChangeFacts {
  const before = old.metadata.generation ?? 0;
  const after = object.metadata.generation ?? 0;
  return {
    wasOurs,
    isSameVersion: old.metadata.resourceVersion === object.metadata.resourceVersion,
    isSameGeneration: after > 0 ? before === after : undefined,
    onlyFinalizersDiffer: sameJson(withoutBookkeeping(old), withoutBookkeeping(object)),
  };
}

function withoutBookkeeping({ metadata, ...rest }: KubernetesObject): Json {
  const { finalizers: _finalizers, resourceVersion: _version, managedFields: _fields, ...kept } = metadata;
  // Objects are plain JSON; their types merely do not say so.
  return { ...rest, metadata: kept } as unknown as Json;
}
