import type { FinalizerClaim } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { checkOptions, having, required } from "@operatorkit/observe/options";
import { FinalizerMarks, type FinalizerMarksOptions } from "@operatorkit/watcher";
import { decideReconcile } from "./reconcile-decision.ts";
import type { ReconcilerRequest, ReconcilerResult, ResourceReconciler } from "./resource-reconciler.ts";

export interface OpinionatedReconcilerOptions<T extends KubernetesObject, State = unknown> extends FinalizerMarksOptions<T> {
  /** What is handed the requests. */
  readonly reconciler: ResourceReconciler<T, State>;
}

type Result<State> = ReconcilerResult<State> | undefined;

/**
 * A reconciler that misses no deletion, also none that happened while it was not running: it keeps a finalizer on every object.
 *
 * What it hands on is the table in `reconcile-decision.ts`: CREATE for an object that was not seen before, RESYNC for one that was when
 * the process starts, UPDATE, and DELETE while the object is still there. The event of the deletion itself is swallowed: all is done
 * by then. An object that is deleted while its CREATE fails has its DELETE, too.
 *
 * The finalizer goes when DELETE has succeeded, without an error and without asking to be called again. A request that succeeded
 * before its finalizer could be written is not made again by this process: the retry writes, and that is all. Otherwise requests are
 * made at least once, so the reconciler must be idempotent. Its own finalizer writes are not told (`isOwnWrite`).
 *
 * Source: grafana-app-sdk `operator/reconciler.go`, which has no in-progress finalizer here, and so loses what is deleted meanwhile.
 */
export class OpinionatedReconciler<T extends KubernetesObject, State = unknown> implements ResourceReconciler<T, State> {
  readonly kind: Kind<T>;
  readonly finalizer: string;
  readonly inProgressFinalizer: string | false;
  readonly #marks: FinalizerMarks<T>;
  readonly #reconciler: ResourceReconciler<T, State>;
  /** Uids whose CREATE has succeeded, while the write that records it has not. */
  readonly #created = new Set<string>();
  /** Uids whose DELETE has succeeded, until they are gone. */
  readonly #deleted = new Set<string>();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: OpinionatedReconcilerOptions<T, State>) {
    this.#marks = new FinalizerMarks("OpinionatedReconciler", options);
    checkOptions("OpinionatedReconciler", options, { reconciler: required(having("a reconciler", ["reconcile"])) });
    this.#reconciler = options.reconciler;
    this.kind = this.#marks.kind;
    this.finalizer = this.#marks.finalizer;
    this.inProgressFinalizer = this.#marks.inProgressFinalizer;
  }

  async reconcile(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    const { action, object } = request;
    if (object === undefined || object === null) throw new TypeError(`OpinionatedReconciler of ${this.kind.plural}: object is missing`);
    switch (decideReconcile(action, this.#marks.factsOf(object))) {
      case "cleanUp":
        return this.#cleanUp(request);
      case "resync":
        return this.#resync(request);
      case "create":
        return this.#create(request);
      case "protect":
        return this.#protect(request);
      case "pass":
        return this.#handOn(request);
      case "ignore":
        if (action === "DELETE") this.#forget(object);
        return undefined;
    }
  }

  isOwnWrite(old: T, object: T): boolean {
    return this.#marks.isOwnWrite(old, object);
  }

  finalizerClaims(): readonly FinalizerClaim[] {
    return this.#marks.claims();
  }

  async #create(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    const { signal } = request;
    const object = await this.#marks.begin(request.object, signal);
    if (object === undefined) return this.#forget(request.object);
    const { isDeleting, isOurs } = this.#marks.factsOf(object);
    // An old event: meanwhile it is being deleted, or was finished.
    if (isDeleting || isOurs) return this.reconcile({ ...request, action: "CREATE", object });
    const { uid = "" } = object.metadata;
    const result = this.#created.has(uid) ? undefined : await this.#handOn({ ...request, action: "CREATE", object });
    if (hasFailed(result)) return result;
    this.#created.add(uid);
    const written = await withWrite(result, () => this.#marks.finish(object, signal));
    if (!hasFailed(written)) this.#created.delete(uid);
    return written;
  }

  async #resync(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    const result = await this.#handOn({ ...request, action: "RESYNC" });
    return hasFailed(result) ? result : withWrite(result, () => this.#marks.tidy(request.object, request.signal));
  }

  /** It came without our finalizer: somebody took it off, or it was there before this reconciler. */
  async #protect(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    const object = await this.#marks.finish(request.object, request.signal);
    if (object === undefined) return this.#forget(request.object);
    return this.#marks.factsOf(object).isDeleting ? this.reconcile({ ...request, object }) : this.#handOn({ ...request, object });
  }

  async #cleanUp(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    const { object, signal } = request;
    const { uid = "" } = object.metadata;
    this.#created.delete(uid);
    const result = this.#deleted.has(uid) ? undefined : await this.#handOn({ ...request, action: "DELETE" });
    if (hasFailed(result) || result?.requeueAfterMs !== undefined) return result;
    // Remembered until the object is gone: events that are older than the removal still show our finalizer.
    this.#deleted.add(uid);
    return withWrite(result, () => this.#marks.release(object, signal));
  }

  async #handOn(request: ReconcilerRequest<T, State>): Promise<Result<State>> {
    return (await this.#reconciler.reconcile(request)) ?? undefined;
  }

  #forget({ metadata: { uid = "" } }: T): undefined {
    this.#created.delete(uid);
    this.#deleted.delete(uid);
  }
}

function hasFailed(result: ReconcilerResult | undefined): boolean {
  return result?.error !== undefined && result.error !== null;
}

/** The result, with the error of the write if that fails: what it asked for and its state are kept. */
async function withWrite<State>(result: Result<State>, write: () => Promise<unknown>): Promise<Result<State>> {
  try {
    await write();
    return result;
  } catch (error) {
    return { ...result, error };
  }
}
