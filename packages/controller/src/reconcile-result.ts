import type { Condition, KubernetesObject } from "@operatorkit/object";

/** The type of an object's status. */
export type StatusOf<T extends KubernetesObject> = T extends { readonly status?: infer Status } ? NonNullable<Status> : object;

/** A condition as a reconcile says it: when it last changed and for which generation is filled in. */
export type ConditionInput = Pick<Condition, "type" | "status" | "reason"> & Partial<Condition>;

/**
 * What a reconcile may return. What is left out stays as it is.
 *
 * The controller owns what it returns: a status field or condition that a later reconcile leaves out of the `status` or
 * `conditions` it does return is removed from the object, as server-side apply does.
 */
export interface ReconcileResult<T extends KubernetesObject = KubernetesObject> {
  /** The status, whole. Written only when it differs. */
  readonly status?: StatusOf<T>;
  /** The conditions, all of them. A condition keeps its `lastTransitionTime` while its `status` stays the same. */
  readonly conditions?: readonly ConditionInput[];
  /** Reconcile again after this long, unless something happens before. @default only when something happens */
  readonly requeueAfterMs?: number;
}

/** What a cleanup may return. */
export interface CleanupResult {
  /** Not finished: the finalizer stays, and cleanup is called again after this long. */
  readonly requeueAfterMs?: number;
  /** Not finished: the finalizer stays, and cleanup is called again when the object changes or at the next resync. */
  readonly keepFinalizer?: boolean;
}
