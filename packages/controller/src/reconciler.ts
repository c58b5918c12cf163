import { ignoreNotFound, isForbidden, type Client, type EventSink } from "@operatorkit/api";
import { keyOf, matchesLabels, parseLabelSelector, refOf, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import type { Clock, Logger } from "@operatorkit/observe";
import { ensureFinalizer, removeFinalizer } from "@operatorkit/watcher";
import { checkedResult } from "./checked-result.ts";
import type { ControllerOptions } from "./controller.ts";
import { GoneObjects } from "./gone-objects.ts";
import type { LostChildren } from "./lost-children.ts";
import { NotingClient } from "./noting-client.ts";
import { kindOf } from "./only-metadata.ts";
import { owned } from "./own.ts";
import type { OwnWrites } from "./own-writes.ts";
import type { ReconcileContext } from "./reconcile-context.ts";
import { isReconcileError, isTerminal, type ReconcileError } from "./reconcile-error.ts";
import type { CleanupResult, ReconcileResult } from "./reconcile-result.ts";
import type { Sources } from "./sources.ts";
import type { StatusWriter } from "./status-writer.ts";
import { planTurn, type TurnPlan } from "./turn-plan.ts";
import type { VanishedObjects } from "./vanished-objects.ts";

export interface ReconcilerOptions<T extends KubernetesObject> {
  readonly options: ControllerOptions<T>;
  /** The finalizer that is kept; `undefined` without a cleanup. */
  readonly finalizer: string | undefined;
  readonly client: Client;
  readonly sources: Sources<T>;
  readonly ownWrites: OwnWrites;
  /** `undefined` without a cleanup. */
  readonly vanished: VanishedObjects<T> | undefined;
  readonly lostChildren: LostChildren;
  readonly status: StatusWriter<T>;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of a turn that did not fail. */
export interface TurnOutcome {
  readonly requeueAfterMs: number | undefined;
}

/** What a turn works with. */
interface TurnTools {
  readonly api: Client;
  readonly signal: AbortSignal;
  readonly failures: number;
}

/** What happens in one turn: the finalizer, your functions, the status. Rejects with whatever failed. */
export class Reconciler<T extends KubernetesObject> {
  readonly #given: ReconcilerOptions<T>;
  readonly #goneObjects: GoneObjects;

  constructor(given: ReconcilerOptions<T>) {
    this.#given = given;
    this.#goneObjects = new GoneObjects({ clock: given.clock });
  }

  /** One turn of `key`, from what the local copy says now. */
  async turn(key: ObjectKey, { signal, failures }: { readonly signal: AbortSignal; readonly failures: number }): Promise<TurnOutcome> {
    const { options, finalizer, sources, lostChildren, vanished, clock } = this.#given;
    const api = this.#api(key, signal);
    const unfinished = await this.#cleanUpVanished(key, { api, signal, failures });
    if (unfinished !== undefined) return unfinished;
    let object = sources.primary.lister.get(key);
    const seenUid = object?.metadata.uid;
    const leftMs = object === undefined ? undefined : this.#goneObjects.waitMs(key, seenUid);
    if (leftMs !== undefined) return { requeueAfterMs: leftMs };
    if (object !== undefined && lostChildren.hasLost(key)) object = await this.#live(object, api);
    let plan = this.#plan(object);
    if (plan === "protect" && object !== undefined && finalizer !== undefined) {
      // The finalizer comes first: what a reconcile makes must not outlive the object unseen. It goes on with the server's
      // answer, which is newer than the copy, and may say that the object is being deleted by now.
      object = await ensureFinalizer(api, options.for, object, finalizer, { signal, clock });
      if (object !== undefined) vanished?.protected(key, object);
      plan = this.#plan(object);
    }
    if (object === undefined) return this.#gone(key, seenUid);
    if (plan === "reconcile") return this.#reconcile(this.#context(object, key, { api, signal, failures }));
    if (plan === "cleanup" && finalizer !== undefined)
      return this.#cleanUp(this.#context(object, key, { api, signal, failures }), finalizer);
    if (plan === "release" && finalizer !== undefined) await removeFinalizer(api, options.for, object, finalizer, { signal, clock });
    return NOTHING_MORE;
  }

  #plan(object: T | undefined): TurnPlan {
    const { options, finalizer } = this.#given;
    return planTurn(object, finalizer, object === undefined ? true : options.claim?.(object));
  }

  /** The object as the server has it; `undefined` when that has none, or another of this name, or one that is not meant any more. */
  async #live(object: T, api: Client): Promise<T | undefined> {
    const { options, sources, ownWrites, lostChildren } = this.#given;
    const { labelSelector } = options;
    const key = keyOf(object);
    try {
      const live = await ignoreNotFound(api.get(options.for, refOf(key)));
      lostChildren.settle(key);
      if (live === undefined || live.metadata.uid !== object.metadata.uid) return undefined;
      if (labelSelector !== undefined && !matchesLabels(parseLabelSelector(labelSelector), live.metadata.labels)) return undefined;
      // The next turn must not go back behind what this one is told.
      ownWrites.note(key, sources.primary.lister, live.metadata.resourceVersion);
      return live;
    } catch (error) {
      // Who may list and watch, and not get, is left with what the copy shows.
      if (!isForbidden(error)) throw error;
      lostChildren.settle(key);
      return object;
    }
  }

  /** @param seenUid of the object that the copy still shows */
  #gone(key: ObjectKey, seenUid: string | undefined): TurnOutcome {
    if (seenUid === undefined) this.#goneObjects.forget(key);
    else this.#goneObjects.note(key, seenUid);
    this.#given.ownWrites.forget(key);
    this.#given.lostChildren.settle(key);
    this.#given.status.forget(key);
    return NOTHING_MORE;
  }

  async #reconcile(context: ReconcileContext<T>): Promise<TurnOutcome> {
    const { options, status } = this.#given;
    let result: ReconcileResult<T>;
    try {
      result = checkedResult("reconcile", await options.reconcile(context));
    } catch (error) {
      if (isReconcileError(error) && !context.signal.aborted) await this.#reportFailure(context, error);
      throw error;
    }
    // A reconcile that came back too late has been given up; its view of the object may be old by now.
    context.signal.throwIfAborted();
    const written = await status.write(context.object, result, context.api);
    return written === undefined ? this.#gone(context.key, context.object.metadata.uid) : { requeueAfterMs: result.requeueAfterMs };
  }

  /** What a failed reconcile wants known. That it cannot be written must not hide why it failed. */
  async #reportFailure(context: ReconcileContext<T>, error: ReconcileError): Promise<void> {
    try {
      const { status, conditions } = error;
      checkedResult(error.name, { status, conditions });
      await this.#given.status.write(context.object, error, context.api);
    } catch (writeError) {
      context.log.warn("the status of a failed reconcile could not be written", { error: writeError });
    }
  }

  async #cleanUp(context: ReconcileContext<T>, finalizer: string): Promise<TurnOutcome> {
    const { options, clock } = this.#given;
    const { requeueAfterMs, isKept } = await this.#runCleanup(context);
    if (!isKept) await removeFinalizer(context.api, options.for, context.object, finalizer, { signal: context.signal, clock });
    return { requeueAfterMs };
  }

  /** Whether it wants to be run again, and when. */
  async #runCleanup(context: ReconcileContext<T>): Promise<TurnOutcome & { readonly isKept: boolean }> {
    const result: CleanupResult = checkedResult("cleanup", await this.#given.options.cleanup?.(context));
    context.signal.throwIfAborted();
    const { requeueAfterMs, keepFinalizer } = result;
    return { requeueAfterMs, isKept: requeueAfterMs !== undefined || keepFinalizer === true };
  }

  /**
   * Cleans up after the objects of this name that are gone without a cleanup, before another one of the name has a turn: what the cleanup
   * takes away may be what that one's reconcile makes. Undefined when there is nothing left to clean up.
   */
  async #cleanUpVanished(key: ObjectKey, turn: TurnTools): Promise<TurnOutcome | undefined> {
    const { vanished, sources } = this.#given;
    const { lister } = sources.primary;
    if (vanished === undefined) return undefined;
    for (;;) {
      const last = vanished.next(key, lister.entry(key)?.uid);
      if (last === undefined) return undefined;
      try {
        const unfinished = await this.#cleanUpAfter(this.#context(last, key, turn));
        if (unfinished !== undefined) return unfinished;
      } catch (error) {
        if (!isTerminal(error)) throw error;
        vanished.forget(key, last);
        // Another object of this name is not to wait for ever.
        throw lister.has(key) ? new Error(`clean up after ${key}, which is gone: given up`, { cause: error }) : error;
      }
      vanished.forget(key, last);
    }
  }

  async #cleanUpAfter(context: ReconcileContext<T>): Promise<TurnOutcome | undefined> {
    const { object, ref, api, log } = context;
    const { options } = this.#given;
    if (options.claim !== undefined && options.claim(object) !== true) return undefined;
    // It may have left the selector, or the copy been behind.
    const live = await ignoreNotFound(api.get(options.for, ref));
    if (live !== undefined && live.metadata.uid === object.metadata.uid) return undefined;
    log.warn("the object is gone with our finalizer on it; cleaning up after its last known state", { uid: object.metadata.uid });
    const { requeueAfterMs, isKept } = await this.#runCleanup(context);
    return isKept ? { requeueAfterMs } : undefined;
  }

  #api(key: ObjectKey, signal: AbortSignal): Client {
    const { client, options, sources, ownWrites, lostChildren } = this.#given;
    return new NotingClient(client.with({ signal, fieldManager: options.name }), {
      knows(object) {
        try {
          return sources.viewOf(object, object.metadata.namespace)?.lister.has(keyOf(object)) === true;
        } catch {
          // What is no object is refused by who is asked to apply it.
          return true;
        }
      },
      wrote(written, isNew) {
        const { namespace, resourceVersion, uid } = written.metadata;
        const view = sources.viewOf(written, namespace);
        if (view === undefined) return;
        ownWrites.note(key, view.lister, resourceVersion);
        if (isNew && uid !== undefined) lostChildren.made(key, uid);
      },
      deletes(kind, ref) {
        const uid = sources.viewOf(kind, ref.namespace)?.lister.entry(ref)?.uid;
        if (uid !== undefined) lostChildren.unmade(uid);
      },
    });
  }

  #context(object: T, key: ObjectKey, { api, signal, failures }: TurnTools): ReconcileContext<T> {
    const { options, sources, events, logger } = this.#given;
    return {
      object,
      key,
      ref: refOf(key),
      api,
      signal,
      failures,
      events,
      own: (manifest) => owned(manifest, object, options.for),
      cache: sources.cache.for(object, (options.owns ?? []).map(kindOf)),
      log: logger.with({ object: key }),
      event: (type, reason, message) => events.record({ regarding: object, type, reason, message }),
    };
  }
}

const NOTHING_MORE: TurnOutcome = Object.freeze({ requeueAfterMs: undefined });
