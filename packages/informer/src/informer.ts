import type { ListWatch, ObjectEntry, WatchEvent } from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import { noMetrics, silentLogger, sleep, systemClock, type Clock, type HealthCheck, type Logger, type Metrics } from "@operatorkit/observe";
import type { Change } from "./change.ts";
import { checkInformerOptions } from "./check-informer-options.ts";
import type { EventHandler, Subscription } from "./event-handler.ts";
import { HandlerSubscription, SLICE_MS, type HandlerTrouble } from "./handler-subscription.ts";
import { informerMetrics, type InformerMetrics } from "./informer-metrics.ts";
import type { InformerView, KeyListener, KeySubscription } from "./informer-view.ts";
import { Lister } from "./lister.ts";
import { Milestone } from "./milestone.ts";
import { Reflector, type SilenceLimits } from "./reflector.ts";
import type { IndexFunction } from "./store-index.ts";
import { Store } from "./store.ts";
import { TransformedListWatch, type Transform } from "./transformed-list-watch.ts";
import { verify, type Difference } from "./verify.ts";

/** Where an error that `onError` is told of came from. */
export interface InformerErrorContext {
  /** `watch`: a request failed and will be tried again. The others: your function threw or rejected. */
  readonly during: "watch" | "handler" | "listener" | "index" | "transform" | "decode";
  readonly key?: ObjectKey;
}

export interface InformerOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  /** In logs, metrics and health checks. @default `informer-<plural>.<group>/<version>` */
  readonly name?: string | undefined;
  /** `{ node: (pod) => pod.spec?.nodeName }`: what `lister.byIndex("node", …)` finds. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>> | undefined;
  /**
   * Makes what is kept, indexed and told of each object, when it is first read. An object whose transform throws, or changes who the object
   * is, is kept as it came, and `onError` is told. Source: client-go `SetTransform`, which changes the object in place.
   */
  readonly transform?: Transform<T> | undefined;
  /** Tell every object again this often, as an update from itself to itself. @default never */
  readonly resyncMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
  /** Told of every error; the default logs. What it throws is logged and dropped. */
  readonly onError?: ((error: unknown, context: InformerErrorContext) => void) | undefined;
  /** A handler call that takes longer raises the alarm. @default 30_000 */
  readonly handlerAlarmMs?: number | undefined;
  /** The copy counts as stale when nothing was heard from the server for longer. @default 150_000 */
  readonly staleAfterMs?: number | undefined;
  /** How long `run` waits, once stopped, for handler calls that run. @default 5_000 */
  readonly stopGraceMs?: number | undefined;
  /** Objects per page of a list. @default 500 */
  readonly pageSize?: number | undefined;
  readonly silence?: Partial<SilenceLimits> | undefined;
  /** Ask for the initial objects by a watch (KEP-3157), falling back to a list. @default false */
  readonly useWatchList?: boolean | undefined;
  /** Where jitter comes from: 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/**
 * The local, indexed, self-healing copy of a kind, and the news of what changes in it.
 *
 * Guarantees: while it runs it recovers from every failure of the server, the network and the handlers, without giving up and without
 * spinning; what a handler is told, it is told once, in order, and only if it changed; a deletion is always told, also one that
 * happened unseen.
 */
export class Informer<T extends KubernetesObject> implements InformerView<T> {
  readonly kind: Kind<T>;
  readonly name: string;
  readonly lister: Lister<T>;
  readonly #options: InformerOptions<T>;
  readonly #listWatch: ListWatch<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: InformerMetrics;
  readonly #store: Store<T>;
  readonly #synced = new Milestone();
  readonly #handlers = new Set<HandlerSubscription<T>>();
  readonly #listeners = new Set<KeyListener<T>>();
  #reflector: Reflector<T> | undefined;
  #phase: "new" | "running" | "stopped" = "new";
  #startMs: number;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: InformerOptions<T>) {
    checkInformerOptions(options);
    const { listWatch, indexes, clock = systemClock, logger = silentLogger, metrics = noMetrics } = options;
    this.kind = listWatch.kind;
    this.#listWatch = this.#transformed(options);
    this.name = options.name ?? informerName(listWatch.kind);
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger.with({ informer: this.name });
    this.#metrics = informerMetrics(metrics, this.name);
    this.#store = new Store<T>({
      indexes,
      onIndexError: (error, index, { key }) => this.#report(error, { during: "index", key }, `index ${index}`),
    });
    this.lister = new Lister(this.#store);
    this.#startMs = clock.monotonicMs();
  }

  /** The copy holds what the first list held. It stays true. */
  get isSynced(): boolean {
    return this.#synced.isReached;
  }

  /**
   * Nothing was heard from the server for `staleAfterMs`: what the copy says may be long over. Also while it has never been filled
   * for that long.
   */
  get isStale(): boolean {
    return this.sinceContactMs > (this.#options.staleAfterMs ?? STALE_AFTER_MS);
  }

  /** How long ago the server last answered well; since the informer was started when it never did. */
  get sinceContactMs(): number {
    return this.#clock.monotonicMs() - (this.#reflector?.status.lastContactMs ?? this.#startMs);
  }

  /**
   * Resolves when the first list is in the copy and every key listener was told of it. A handler has its own `synced` on its
   * subscription, so one that hangs holds up nobody else. Rejects when the informer stops before.
   */
  synced(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#synced.wait(options);
  }

  /** Tells `handler` of what is there, then of every change. */
  addEventHandler(handler: EventHandler<T>): Subscription {
    if (typeof handler !== "object" || handler === null) throw new TypeError(`${this.name}: addEventHandler needs a handler`);
    const subscription = new HandlerSubscription<T>({
      handler,
      clock: this.#clock,
      alarmAfterMs: this.#options.handlerAlarmMs ?? HANDLER_ALARM_MS,
      trouble: this.#trouble,
      onClose: () => void this.#handlers.delete(subscription),
    });
    if (this.#phase === "stopped") {
      subscription.close();
      return subscription;
    }
    this.#handlers.add(subscription);
    // While the first list is being taken over, part of it is there, and the rest is on its way to all handlers.
    for (const entry of this.#store.entries()) subscription.push(initialAdd(entry));
    if (this.isSynced) subscription.allPushed();
    return subscription;
  }

  /** Tells `listener` of what is there, before this returns, then of every change at once. It must be quick and not asynchronous. */
  onKeys(listener: KeyListener<T>): KeySubscription {
    this.#listeners.add(listener);
    for (const entry of this.#store.entries()) this.#tellListener(listener, initialAdd(entry));
    return { close: () => void this.#listeners.delete(listener) };
  }

  /** A lister whose index names all begin with `indexPrefix`: a shared informer's users keep theirs apart that way. */
  listerWith(options: { readonly indexPrefix: string }): Lister<T> {
    return new Lister(this.#store, options);
  }

  /** Adds an index to the copy, at any time. Throws when the name is taken. */
  addIndex(name: string, index: IndexFunction<T>): void {
    this.#store.addIndex(name, index);
  }

  removeIndex(name: string): void {
    this.#store.removeIndex(name);
  }

  /** Keeps the copy until `signal` is aborted. An informer runs once. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#phase !== "new")
      throw new Error(`${this.name}: ${this.#phase === "running" ? "it is already running" : "it was stopped; make a new one"}`);
    this.#phase = "running";
    this.#startMs = this.#clock.monotonicMs();
    const { pageSize, silence, random, useWatchList } = this.#options;
    const target = {
      store: this.#store,
      get version(): string | undefined {
        return this.store.version;
      },
      get size(): number {
        return this.store.size;
      },
      get contradictions(): number {
        return this.store.contradictions;
      },
      replace: (entries: readonly ObjectEntry<T>[], version: string, stopped: AbortSignal): Promise<void> =>
        this.#replace(entries, version, stopped),
      apply: (event: Exclude<WatchEvent<T>, { type: "ERROR" }>): void => this.#announce(this.#store.apply(event)),
      pause: (): Promise<void> | undefined => this.#pause(),
    };
    this.#reflector = new Reflector<T>({
      listWatch: this.#listWatch,
      target,
      clock: this.#clock,
      logger: this.#logger,
      metrics: this.#metrics,
      pageSize,
      silence,
      random,
      useWatchList,
      // Without an onError, the reflector's own log line says it.
      onFailure: (error) => {
        if (this.#options.onError !== undefined) this.#report(error, { during: "watch" }, "a request failed");
      },
    });
    const stopResync = this.#startResync();
    try {
      await this.#reflector.run({ signal });
    } finally {
      stopResync();
      await this.#stop();
    }
  }

  /** For the readiness of the process: fails until synced, when stale, and once stopped. */
  healthCheck(): HealthCheck {
    return { name: this.name, type: "ready", check: () => this.#ailment() };
  }

  /** As an operator asks its runnables for them; an informer is one. */
  healthChecks(): readonly HealthCheck[] {
    return [this.healthCheck()];
  }

  /**
   * Lists quietly, twice, and returns what differs from the copy both times: nothing, unless the copy is wrong. A difference that
   * is merely on its way is not reported. Rejects when the server cannot be listed.
   */
  verify(options: { readonly signal: AbortSignal; readonly settleMs?: number }): Promise<Difference[]> {
    return verify({ listWatch: this.#options.listWatch, store: this.#store, clock: this.#clock, ...options });
  }

  #transformed({ listWatch, transform }: InformerOptions<T>): ListWatch<T> {
    if (transform === undefined) return listWatch;
    const onError = (error: unknown, key: ObjectKey): void =>
      this.#report(error, { during: "transform", key }, `the transform failed at ${key}`);
    return new TransformedListWatch({ listWatch, transform, onError });
  }

  #ailment(): string | undefined {
    if (this.#phase === "stopped") return `${this.name} is stopped`;
    const reason = this.#reflector?.status.lastError;
    const why = reason === undefined ? "" : `: ${reason instanceof Error ? reason.message : String(reason)}`;
    if (!this.isSynced) return `${this.name} has not synced${why}`;
    if (this.isStale)
      return `${this.name} is stale: nothing was heard from the server for ${Math.round(this.sinceContactMs / 1000)} s${why}`;
    return undefined;
  }

  async #replace(entries: readonly ObjectEntry<T>[], version: string, signal: AbortSignal): Promise<void> {
    const isFirst = this.#store.version === undefined;
    let sliceStartMs = this.#clock.monotonicMs();
    for (const changes of this.#store.replacing(entries, version)) {
      this.#announce(changes);
      if (this.#clock.monotonicMs() - sliceStartMs < SLICE_MS) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      sliceStartMs = this.#clock.monotonicMs();
    }
    // The version is that of the list only now, and a list may have changed nothing.
    this.#metrics.stored(this.#store.size, this.#store.bytes, this.#store.version);
    if (!isFirst) return;
    for (const handler of this.#handlers) handler.allPushed();
    this.#synced.reach();
  }

  /**
   * Handlers that are busy, not waiting, get the event loop's next turn before more is read: a flood of events is then told one by one
   * instead of being merged unseen.
   */
  #pause(): Promise<void> | undefined {
    for (const handler of this.#handlers) if (handler.isBehind) return new Promise((resolve) => setImmediate(resolve));
    return undefined;
  }

  #announce(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      this.#metrics.changed(change.type);
      for (const listener of this.#listeners) this.#tellListener(listener, change);
      for (const handler of this.#handlers) handler.push(change);
    }
    this.#metrics.stored(this.#store.size, this.#store.bytes, this.#store.version);
  }

  #tellListener(listener: KeyListener<T>, change: Change<T>): void {
    try {
      listener(change.key, change);
    } catch (error) {
      this.#report(error, { during: "listener", key: change.key }, `a key listener failed at ${change.key}`);
    }
  }

  readonly #trouble: HandlerTrouble<T> = {
    failed: (error, { type, key }) => {
      this.#metrics.handlerFailed();
      this.#report(error, { during: "handler", key }, `a handler failed at ${type} ${key}`);
    },
    stuck: ({ type, key }, afterMs) => {
      this.#metrics.handlersStuck(1);
      this.#logger.error(`a handler has been at ${type} ${key} for ${afterMs / 1000} s; it is told nothing else until it settles`, {
        key,
        type,
      });
    },
    unstuck: () => this.#metrics.handlersStuck(-1),
  };

  /** Reporting never throws: a broken reporter must not stop what it reports on. */
  #report(error: unknown, context: InformerErrorContext, what: string): void {
    try {
      if (this.#options.onError !== undefined) this.#options.onError(error, context);
      else this.#logger.warn(what, { error, ...context });
    } catch (thrown) {
      this.#logger.error("onError failed", { error: thrown });
    }
  }

  #startResync(): () => void {
    const { resyncMs } = this.#options;
    if (resyncMs === undefined) return () => {};
    const resync = (): void => {
      timer = this.#clock.setTimer(resyncMs, resync);
      const entries = [...this.#store.entries()];
      this.#announce(
        entries.map((entry) => ({ key: entry.key, type: "resync", entry, old: entry, initial: false, finalStateUnknown: false })),
      );
    };
    let timer = this.#clock.setTimer(resyncMs, resync);
    return () => timer.cancel();
  }

  async #stop(): Promise<void> {
    this.#phase = "stopped";
    this.#synced.fail(new Error(`${this.name} was stopped before it had synced`));
    const handlers = [...this.#handlers];
    for (const handler of handlers) handler.close();
    const grace = new AbortController();
    const quiet = Promise.all(handlers.map((handler) => handler.quiet()));
    const graceOver = sleep(this.#options.stopGraceMs ?? STOP_GRACE_MS, { signal: grace.signal, clock: this.#clock }).catch(() => {});
    await Promise.race([quiet, graceOver]);
    grace.abort();
  }
}

const STALE_AFTER_MS = 150_000;
const HANDLER_ALARM_MS = 30_000;
const STOP_GRACE_MS = 5_000;

function initialAdd<T extends KubernetesObject>(entry: ObjectEntry<T>): Change<T> {
  return { key: entry.key, type: "add", entry, old: undefined, initial: true, finalStateUnknown: false };
}

/** As grafana-app-sdk names its informers' health checks. */
export function informerName({ plural, group, version }: Kind): string {
  return `informer-${plural}.${group === "" ? "core" : group}/${version}`;
}
