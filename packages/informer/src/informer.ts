import { aListWatch, type ListWatch, type ObjectEntry } from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import { noMetrics, silentLogger, systemClock, type Clock, type HealthCheck, type Logger } from "@operatorkit/observe";
import { aFunction, aNumber, anAbortSignal, checkOptions, required } from "@operatorkit/observe/options";
import { resyncOf, type Change } from "./change.ts";
import { errorReporter, type ErrorReporter } from "./error-reporter.ts";
import { anEventHandler, type EventHandler, type Subscription } from "./event-handler.ts";
import { SLICE_MS } from "./handler-subscription.ts";
import { informerMetrics, type InformerMetrics } from "./informer-metrics.ts";
import { informerName } from "./informer-name.ts";
import { informerRules, type InformerOptions } from "./informer-options.ts";
import type { InformerView, KeyListener, KeySubscription } from "./informer-view.ts";
import { Lister } from "./lister.ts";
import { Milestone } from "./milestone.ts";
import { Reflector } from "./reflector.ts";
import type { IndexFunction } from "./store-index.ts";
import { Store } from "./store.ts";
import { Subscribers } from "./subscribers.ts";
import { TransformedListWatch } from "./transformed-list-watch.ts";
import { verify, type Difference } from "./verify.ts";

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
  readonly #subscribers: Subscribers<T>;
  readonly #report: ErrorReporter;
  #reflector: Reflector<T> | undefined;
  #phase: "new" | "running" | "stopped" = "new";
  #startMs: number;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: InformerOptions<T>) {
    checkOptions("Informer", options, { listWatch: required(aListWatch), ...informerRules });
    const { listWatch, indexes, clock = systemClock, logger = silentLogger, metrics = noMetrics, onError } = options;
    const { handlerAlarmMs = HANDLER_ALARM_MS } = options;
    this.kind = listWatch.kind;
    this.name = options.name ?? informerName(listWatch.kind);
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger.with({ informer: this.name });
    this.#metrics = informerMetrics(metrics, this.name);
    this.#report = errorReporter({ onError, logger: this.#logger });
    this.#listWatch = this.#transformed(options);
    this.#store = new Store<T>({
      indexes,
      onIndexError: (error, index, { key }) => this.#report(error, { during: "index", key }, `index ${index}`),
    });
    this.lister = new Lister(this.#store);
    this.#subscribers = new Subscribers<T>({
      clock,
      logger: this.#logger,
      metrics: this.#metrics,
      report: this.#report,
      handlerAlarmMs,
    });
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
    return this.#clock.monotonicMs() - (this.#reflector?.contact.lastMs ?? this.#startMs);
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
    checkOptions(this.name, { handler }, { handler: required(anEventHandler) });
    return this.#subscribers.addHandler(handler, this.#store.entries());
  }

  /** Tells `listener` of what is there, before this returns, then of every change at once. It must be quick and not asynchronous. */
  onKeys(listener: KeyListener<T>): KeySubscription {
    checkOptions(this.name, { listener }, { listener: required(aFunction) });
    return this.#subscribers.addListener(listener, this.#store.entries());
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
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    checkOptions(this.name, options, { signal: required(anAbortSignal) });
    if (this.#phase !== "new")
      throw new Error(`${this.name}: ${this.#phase === "running" ? "it is already running" : "it was stopped; make a new one"}`);
    this.#phase = "running";
    this.#startMs = this.#clock.monotonicMs();
    const { pageSize, silence, random, useWatchList } = this.#options;
    this.#reflector = new Reflector<T>({
      listWatch: this.#listWatch,
      target: {
        copy: this.#store,
        replace: (entries, version, stopped) => this.#replace(entries, version, stopped),
        apply: (event) => this.#announce(this.#store.apply(event)),
        pause: () => this.#subscribers.pause(),
      },
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
      await this.#reflector.run({ signal: options.signal });
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
  async verify(options: { readonly signal: AbortSignal; readonly settleMs?: number }): Promise<Difference[]> {
    checkOptions(this.name, options, { signal: required(anAbortSignal), settleMs: aNumber({ atLeast: 0 }) });
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
    const reason = this.#reflector?.contact.lastError;
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
    this.#subscribers.filled();
    this.#synced.reach();
  }

  #announce(changes: readonly Change<T>[]): void {
    this.#subscribers.tell(changes);
    this.#metrics.stored(this.#store.size, this.#store.bytes, this.#store.version);
  }

  #startResync(): () => void {
    const { resyncMs } = this.#options;
    if (resyncMs === undefined) return () => {};
    const resync = (): void => {
      timer = this.#clock.setTimer(resyncMs, resync);
      this.#announce(Array.from(this.#store.entries(), resyncOf));
    };
    let timer = this.#clock.setTimer(resyncMs, resync);
    return () => timer.cancel();
  }

  async #stop(): Promise<void> {
    this.#phase = "stopped";
    this.#synced.fail(new Error(`${this.name} was stopped before it had synced`));
    await this.#subscribers.close({ graceMs: this.#options.stopGraceMs ?? STOP_GRACE_MS });
  }
}

const STALE_AFTER_MS = 150_000;
const HANDLER_ALARM_MS = 30_000;
const STOP_GRACE_MS = 5_000;
