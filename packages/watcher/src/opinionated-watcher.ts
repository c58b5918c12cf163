import { isNotFound } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { assertFinalizer, defaultFinalizer } from "./finalizer-name.ts";
import { ensureFinalizer, removeFinalizer, replaceFinalizer, type FinalizerClient, type FinalizerOptions } from "./finalizer-writer.ts";
import { changeFacts, decideAdd, decideUpdate, type Decision, type ObjectFacts } from "./opinionated-decision.ts";
import type { ResourceWatcher, WatcherContext } from "./resource-watcher.ts";

export interface OpinionatedWatcherOptions<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  readonly client: FinalizerClient;
  /** The default finalizer is `<group>/<name>`. Needed unless `finalizer` is given. */
  readonly name?: string | undefined;
  /** What keeps an object until `delete` is done with it. @default `<group>/<name>` */
  readonly finalizer?: string | undefined;
  /**
   * Put on before `add` is called, so that an object which is deleted while its add fails is not lost. False for the order of
   * grafana-app-sdk 0.9: add first, then the finalizer.
   * @default `<finalizer>-wip`
   */
  readonly inProgressFinalizer?: string | false | undefined;
  /** Finalizers this watcher once used: taken for ours when seen, and removed with it. */
  readonly legacyFinalizers?: readonly string[] | undefined;
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
  readonly finalizerOptions?: Omit<FinalizerOptions, "signal"> | undefined;
}

export type OpinionatedHandler<T> = (object: T, context: WatcherContext) => unknown;

/**
 * A watcher that misses no deletion, also none that happened while it was not running, tells new objects from those it has seen
 * before, and passes on changes of the specification only. It does so by a finalizer on every object.
 *
 * What to do when is the table in `opinionated-decision.ts`. Handlers run at least once: a failed one is called again with the same
 * event by whoever retries, so they must be idempotent; one that succeeded before its finalizer could be written is not called again by
 * this process. A missing handler is success. A handler gets a fresh, unshared object where this watcher had to write or read it.
 *
 * Caveat: on an informer with a selector, an object that leaves the selector keeps its finalizer, and hangs when it is deleted.
 */
export class OpinionatedWatcher<T extends KubernetesObject> implements ResourceWatcher<T> {
  readonly kind: Kind<T>;
  readonly finalizer: string;
  readonly inProgressFinalizer: string | false;
  readonly #client: FinalizerClient;
  readonly #legacyFinalizers: readonly string[];
  readonly #resyncCallsSync: boolean;
  readonly #finalizerOptions: Omit<FinalizerOptions, "signal">;
  readonly #handlers: Pick<OpinionatedWatcherOptions<T>, "add" | "update" | "delete" | "sync">;
  /** Uids whose add has succeeded, while the write that records it has not. */
  readonly #added = new Set<string>();
  /** Uids whose delete has succeeded, until they are gone: events that are older than that are not told again. */
  readonly #deleted = new Set<string>();

  constructor(options: OpinionatedWatcherOptions<T>) {
    const { kind, client, name, legacyFinalizers = [], resyncCallsSync = false, finalizerOptions = {} } = options;
    if (kind === undefined || kind === null) throw new TypeError("OpinionatedWatcher: kind is missing");
    if (typeof client?.patch !== "function" || typeof client.get !== "function")
      throw new TypeError("OpinionatedWatcher: client is missing");
    if (options.finalizer === undefined && name === undefined) throw new TypeError("OpinionatedWatcher: name or finalizer is missing");
    this.kind = kind;
    this.finalizer = options.finalizer ?? defaultFinalizer(kind.group, name ?? "");
    this.inProgressFinalizer = options.inProgressFinalizer ?? `${this.finalizer}-wip`;
    assertFinalizer(kind, this.finalizer);
    if (this.inProgressFinalizer !== false) assertFinalizer(kind, this.inProgressFinalizer);
    if (this.inProgressFinalizer === this.finalizer)
      throw new TypeError("OpinionatedWatcher: inProgressFinalizer must differ from finalizer");
    this.#client = client;
    this.#legacyFinalizers = legacyFinalizers;
    this.#resyncCallsSync = resyncCallsSync;
    this.#finalizerOptions = finalizerOptions;
    this.#handlers = { add: options.add, update: options.update, delete: options.delete, sync: options.sync };
  }

  /** An opinionated watcher around another watcher: its methods are the handlers; `syncToAdd` tells it objects seen before as added, too. */
  static wrap<T extends KubernetesObject>(
    watcher: ResourceWatcher<T>,
    { syncToAdd = false, ...options }: Omit<OpinionatedWatcherOptions<T>, "add" | "update" | "delete"> & { readonly syncToAdd?: boolean },
  ): OpinionatedWatcher<T> {
    return new OpinionatedWatcher<T>({
      ...options,
      add: (object, context) => watcher.add?.(object, context),
      update: (old, object, context) => watcher.update?.(old, object, context),
      delete: (object, context) => watcher.delete?.(object, context),
      ...(syncToAdd ? { sync: (object: T, context: WatcherContext) => watcher.add?.(object, context) } : {}),
    });
  }

  async add(object: T, context: WatcherContext): Promise<void> {
    if (object === undefined || object === null) throw new TypeError(`${this.#what}: add: object is missing`);
    await this.#do(decideAdd(this.#factsOf(object)), object, object, context);
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
    this.#added.delete(uid);
    this.#deleted.delete(uid);
  }

  #decideUpdate(old: T, object: T, isLive: boolean): Decision {
    const wasOurs = this.#factsOf(old).isOurs;
    return decideUpdate(this.#factsOf(object), changeFacts(old, object, wasOurs), { isLive, tellsResyncs: this.#resyncCallsSync });
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
    const begun = await this.#begin(object, context);
    if (begun === undefined) return;
    const { isDeleting, isOurs } = this.#factsOf(begun);
    // A stale event: meanwhile it is being deleted, or was adopted.
    if (isDeleting || isOurs) return this.#do(decideAdd(this.#factsOf(begun)), begun, begun, context);
    const { uid = "" } = begun.metadata;
    if (!this.#added.has(uid)) await this.#handlers.add?.(begun, context);
    this.#added.add(uid);
    if (this.inProgressFinalizer === false) await ensureFinalizer(this.#client, this.kind, begun, this.finalizer, this.#writing(context));
    else await replaceFinalizer(this.#client, this.kind, begun, this.inProgressFinalizer, this.finalizer, this.#writing(context));
    this.#added.delete(uid);
  }

  #begin(object: T, context: WatcherContext): Promise<T | undefined> {
    if (this.inProgressFinalizer === false) return Promise.resolve(object);
    const unless = [this.finalizer, ...this.#legacyFinalizers];
    return ensureFinalizer(this.#client, this.kind, object, this.inProgressFinalizer, { ...this.#writing(context), unless });
  }

  async #sync(object: T, context: WatcherContext): Promise<void> {
    await this.#handlers.sync?.(object, context);
    if (this.inProgressFinalizer === false) return;
    await removeFinalizer(this.#client, this.kind, object, this.inProgressFinalizer, this.#writing(context));
  }

  async #cleanUp(object: T, context: WatcherContext): Promise<void> {
    const { uid = "" } = object.metadata;
    if (!this.#deleted.has(uid)) await this.#handlers.delete?.(object, context);
    this.#deleted.add(uid);
    this.#added.delete(uid);
    const ours = [this.finalizer, ...this.#legacyFinalizers, ...(this.inProgressFinalizer === false ? [] : [this.inProgressFinalizer])];
    await removeFinalizer(this.#client, this.kind, object, ours, this.#writing(context));
  }

  async #read({ metadata: { name, namespace, uid } }: T, { signal }: WatcherContext): Promise<T | undefined> {
    try {
      const live = await this.#client.get(this.kind, namespace === undefined ? { name } : { name, namespace }, { signal });
      return live.metadata.uid === uid ? live : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #factsOf({ metadata: { deletionTimestamp, finalizers = [] } }: T): ObjectFacts {
    return {
      isDeleting: deletionTimestamp !== undefined,
      isOurs: finalizers.includes(this.finalizer) || this.#legacyFinalizers.some((legacy) => finalizers.includes(legacy)),
      isInProgress: this.inProgressFinalizer !== false && finalizers.includes(this.inProgressFinalizer),
    };
  }

  #writing({ signal }: WatcherContext): FinalizerOptions {
    return { ...this.#finalizerOptions, signal };
  }

  get #what(): string {
    return `OpinionatedWatcher of ${this.kind.plural}`;
  }
}
