import { ignoreNotFound, type FinalizerClaim } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { aBoolean, anObject, checkOptions, required } from "@operatorkit/observe/options";
import { FinalizerMarks, type FinalizerMarksOptions } from "./finalizer-marks.ts";
import type { FinalizerClient } from "./finalizer-writer.ts";
import { changeFacts, decideAdd, decideUpdate, type Decision } from "./opinionated-decision.ts";
import { HANDLER_RULES, type ResourceWatcher, type WatcherContext } from "./resource-watcher.ts";

export interface OpinionatedWatcherOptions<T extends KubernetesObject> extends FinalizerMarksOptions<T> {
  /** An object that was not seen before, in this or any earlier process. */
  readonly add?: OpinionatedHandler<T> | undefined;
  /** Its specification changed; for kinds without generations, anything but finalizers. */
  readonly update?: ((old: T, object: T, context: WatcherContext) => unknown) | undefined;
  /** It is being deleted, and goes when this has succeeded. */
  readonly delete?: OpinionatedHandler<T> | undefined;
  /** It was seen before: told once when the process starts. */
  readonly sync?: OpinionatedHandler<T> | undefined;
  /** Tell `sync` at every resync of the informer, too. @default false */
  readonly resyncCallsSync?: boolean | undefined;
}

export type OpinionatedHandler<T> = (object: T, context: WatcherContext) => unknown;

/**
 * A watcher that misses no deletion, also none that happened while it was not running, tells new objects from those it has seen
 * before, and passes on changes of the specification only. It does so by a finalizer on every object.
 *
 * What to do when is the table in `opinionated-decision.ts`. Handlers run at least once: a failed one is called again with the same
 * event by whoever retries, so they must be idempotent; one that succeeded before its finalizer could be written is not called again by
 * this process. A missing handler is success. A handler gets a fresh, unshared object where this watcher had to write or read it.
 * While an add is being retried, changes that are not of the specification (its own marks, a status) do not call it besides.
 *
 * Caveat: on an informer with a selector, an object that leaves the selector keeps its finalizer, and hangs when it is deleted.
 */
export class OpinionatedWatcher<T extends KubernetesObject> implements ResourceWatcher<T> {
  readonly kind: Kind<T>;
  readonly finalizer: string;
  readonly inProgressFinalizer: string | false;
  readonly #client: FinalizerClient;
  readonly #marks: FinalizerMarks<T>;
  readonly #resyncCallsSync: boolean;
  readonly #handlers: Pick<OpinionatedWatcherOptions<T>, "add" | "update" | "delete" | "sync">;
  /** Uids whose add was begun and is not finished: it failed, and is retried by whoever does that. */
  readonly #adding = new Set<string>();
  /** Uids whose add has succeeded, while the write that records it has not. */
  readonly #added = new Set<string>();
  /** Uids whose delete has succeeded, until they are gone: events that are older than that are not told again. */
  readonly #deleted = new Set<string>();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: OpinionatedWatcherOptions<T>) {
    this.#marks = new FinalizerMarks("OpinionatedWatcher", options);
    checkOptions("OpinionatedWatcher", options, { ...HANDLER_RULES, resyncCallsSync: aBoolean });
    this.kind = this.#marks.kind;
    this.finalizer = this.#marks.finalizer;
    this.inProgressFinalizer = this.#marks.inProgressFinalizer;
    this.#client = options.client;
    this.#resyncCallsSync = options.resyncCallsSync ?? false;
    this.#handlers = { add: options.add, update: options.update, delete: options.delete, sync: options.sync };
  }

  /**
   * An opinionated watcher around another watcher: its methods are the handlers. Objects seen before are told to its `sync`, if it has
   * one; with `syncToAdd` they are told to its `add` instead.
   *
   * @throws {TypeError} naming the option that cannot work.
   */
  static wrap<T extends KubernetesObject>(
    watcher: ResourceWatcher<T>,
    options: Omit<OpinionatedWatcherOptions<T>, "add" | "update" | "delete"> & { readonly syncToAdd?: boolean },
  ): OpinionatedWatcher<T> {
    checkOptions("OpinionatedWatcher.wrap", { watcher }, { watcher: required(anObject(HANDLER_RULES)) });
    checkOptions("OpinionatedWatcher.wrap", options, { syncToAdd: aBoolean });
    const { syncToAdd = false, ...others } = options;
    const sync = options.sync ?? ((object: T, context: WatcherContext) => watcher.sync?.(object, context));
    return new OpinionatedWatcher<T>({
      ...others,
      add: (object, context) => watcher.add?.(object, context),
      update: (old, object, context) => watcher.update?.(old, object, context),
      delete: (object, context) => watcher.delete?.(object, context),
      sync: syncToAdd ? (object, context) => watcher.add?.(object, context) : sync,
    });
  }

  async add(object: T, context: WatcherContext): Promise<void> {
    if (object === undefined || object === null) throw new TypeError(`${this.#what}: add: object is missing`);
    await this.#do(decideAdd(this.#marks.factsOf(object)), object, object, context);
  }

  async update(old: T, object: T, context: WatcherContext): Promise<void> {
    if (old === undefined || old === null) throw new TypeError(`${this.#what}: update: old is missing`);
    if (object === undefined || object === null) throw new TypeError(`${this.#what}: update: object is missing`);
    const decision = this.#decideUpdate(old, object, false);
    if (decision !== "lookAgain") return this.#do(decision, old, object, context);
    // The event may have been on its way while our own finalizer was written: what is there now decides.
    const live = await this.#read(object, context);
    if (live !== undefined) await this.#do(this.#decideUpdate(old, live, true), old, live, context);
  }

  /** Does nothing on the object: it is gone, and its last finalizer is still listed on what the event shows. */
  async delete(object: T): Promise<void> {
    const { uid = "" } = object.metadata;
    this.#adding.delete(uid);
    this.#added.delete(uid);
    this.#deleted.delete(uid);
  }

  /** Whether the change is a finalizer this watcher wrote, and nothing else. */
  isOwnWrite(old: T, object: T): boolean {
    return this.#marks.isOwnWrite(old, object);
  }

  finalizerClaims(): readonly FinalizerClaim[] {
    return this.#marks.claims();
  }

  #decideUpdate(old: T, object: T, isLive: boolean): Decision {
    const factsOf = (one: KubernetesObject) => this.#marks.factsOf(one);
    const isBeingAdded = this.#adding.has(object.metadata.uid ?? "");
    return decideUpdate(factsOf(object), changeFacts(old, object, factsOf), {
      isLive,
      isBeingAdded,
      tellsResyncs: this.#resyncCallsSync,
    });
  }

  async #do(decision: Decision, old: T, object: T, context: WatcherContext): Promise<void> {
    switch (decision) {
      case "ignore":
      case "lookAgain":
        return;
      case "cleanUp":
        return this.#cleanUp(object, context);
      case "sync":
        return this.#sync(object, context);
      case "adopt":
        return this.#adopt(object, context);
      case "update":
        await this.#handlers.update?.(old, object, context);
    }
  }

  async #adopt(object: T, context: WatcherContext): Promise<void> {
    const { uid = "" } = object.metadata;
    this.#adding.add(uid);
    const begun = await this.#marks.begin(object, context.signal);
    const decision = begun === undefined ? "ignore" : decideAdd(this.#marks.factsOf(begun));
    if (begun === undefined || decision !== "adopt") {
      // A stale event: meanwhile it is gone, is being deleted, or was adopted.
      this.#adding.delete(uid);
      if (begun !== undefined) await this.#do(decision, begun, begun, context);
      return;
    }
    if (!this.#added.has(uid)) await this.#handlers.add?.(begun, context);
    this.#added.add(uid);
    await this.#marks.finish(begun, context.signal);
    this.#added.delete(uid);
    this.#adding.delete(uid);
  }

  async #sync(object: T, context: WatcherContext): Promise<void> {
    await this.#handlers.sync?.(object, context);
    await this.#marks.tidy(object, context.signal);
  }

  async #cleanUp(object: T, context: WatcherContext): Promise<void> {
    const { uid = "" } = object.metadata;
    this.#adding.delete(uid);
    if (!this.#deleted.has(uid)) await this.#handlers.delete?.(object, context);
    this.#deleted.add(uid);
    this.#added.delete(uid);
    await this.#marks.release(object, context.signal);
  }

  async #read({ metadata: { name, namespace, uid } }: T, { signal }: WatcherContext): Promise<T | undefined> {
    const ref = namespace === undefined ? { name } : { name, namespace };
    const live = await ignoreNotFound(this.#client.get(this.kind, ref, { signal }));
    return live?.metadata.uid === uid ? live : undefined;
  }

  get #what(): string {
    return `OpinionatedWatcher of ${this.kind.plural}`;
  }
}
