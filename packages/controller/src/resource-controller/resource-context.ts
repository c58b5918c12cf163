import type { KubernetesObject } from "@operatorkit/object";
import type { ReconcileContext } from "../reconcile-context.ts";

/**
 * What a resource is given: what a reconcile is given, and the flow of the pass.
 *
 * A flag can be set and not taken back, and lasts for the pass. What sets something throws when the pass (for `cancelResource`:
 * the resource) has ended, since nobody would see it; what asks may be called any time.
 *
 * | | what follows | when the object is being deleted |
 * |---|---|---|
 * | `cancelResource()` | the remaining steps of this resource are skipped, the next resource runs | counts as success: the finalizer may go |
 * | `cancelReconciliation()` | no further step and no further resource runs | the finalizer stays, the pass comes again |
 * | `keepFinalizers()` | all resources run | the finalizer stays, the pass comes again |
 * | `repeat({ afterMs })` | all resources run, and another pass comes in time | the finalizer stays until then |
 *
 * A pass that comes again does so when the object changes, at the next resync, or when `repeat` says.
 */
export interface ResourceContext<T extends KubernetesObject = KubernetesObject> extends ReconcileContext<T> {
  /** Why the resources run: `ensureCreated`, or `ensureDeleted`. */
  readonly pass: "update" | "delete";
  /** `<controller>-<number of the pass>`, unique in the process: for looking expensive things up once in a pass. */
  readonly cacheKey: string;
  /** Yours, and new for each pass: what a set's `init` and its resources hand on to later resources. */
  readonly values: Map<unknown, unknown>;

  cancelResource(): void;
  readonly isResourceCancelled: boolean;
  cancelReconciliation(): void;
  readonly isReconciliationCancelled: boolean;
  keepFinalizers(): void;
  readonly areFinalizersKept: boolean;
  /** Another pass after this long; when said several times, the shortest counts. */
  repeat(options: { readonly afterMs: number }): void;

  /** Tells later resources that they may update. The controller does not look at this, nor at the next two. */
  allowUpdate(): void;
  readonly isUpdateAllowed: boolean;
  /** Tells later resources that an update is needed. */
  requireUpdate(): void;
  readonly isUpdateRequired: boolean;
  /** Tells later resources that they may delete. */
  allowDeletion(): void;
  readonly isDeletionAllowed: boolean;
}
