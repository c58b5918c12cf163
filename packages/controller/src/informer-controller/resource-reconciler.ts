import type { FinalizerClaim } from "@operatorkit/api";
import type { KubernetesObject, ResourceAction } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";

/** What a reconciler of an `InformerController` is told. */
export interface ReconcilerRequest<T extends KubernetesObject = KubernetesObject, State = unknown> {
  /** RESYNC: nothing changed; the present state is told again. */
  readonly action: ResourceAction;
  /** Of a deletion, the last state there was. */
  readonly object: T;
  /** What the last call for this event left as `state`; undefined at first. */
  readonly state: State | undefined;
  /** 0 at first, n in the n-th retry. A requeue that was asked for does not count. */
  readonly attempt: number;
  /** Aborted when the reconciler is removed or the controller's grace is over. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

export interface ReconcilerResult<State = unknown> {
  /** Call again after this long, with the same event, whatever the retry policy says. */
  readonly requeueAfterMs?: number | undefined;
  /** Handed to the next call for this event. */
  readonly state?: State | undefined;
  /** A failure that is to be reported, and retried when there is no `requeueAfterMs`; throwing does the same without a `state`. */
  readonly error?: unknown;
}

/** One function for all that happens to objects of a kind. It may be asynchronous and may fail; a throw and a rejection are the same. */
export interface ResourceReconciler<T extends KubernetesObject = KubernetesObject, State = unknown> {
  reconcile(
    request: ReconcilerRequest<T, State>,
  ): Promise<ReconcilerResult<State> | undefined | void> | ReconcilerResult<State> | undefined | void;
  /** As a watcher's: whether a change is its own doing and nothing else. Then it is not told, and its retries stay. */
  isOwnWrite?(old: T, object: T): boolean;
  /** The finalizers that this reconciler alone may write and take off. */
  finalizerClaims?(): readonly FinalizerClaim[];
}
