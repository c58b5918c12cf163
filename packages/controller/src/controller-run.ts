import { isApiError, type Client } from "@operatorkit/api";
import { SharedInformers, type Change } from "@operatorkit/informer";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { noTracer, sleep, type Clock, type Logger, type Metrics, type Span, type Timer, type Tracer } from "@operatorkit/observe";
import { TimeoutError, withTimeout } from "@operatorkit/retry";
import { perKeyBackoff, runWorkers, WorkQueue } from "@operatorkit/workqueue";
import { controllerMetrics, type ControllerMetrics } from "./controller-metrics.ts";
import type { ControllerOptions } from "./controller.ts";
import { EventRecorder } from "./event-recorder.ts";
import { LostChildren } from "./lost-children.ts";
import { objectAttributes } from "./object-attributes.ts";
import { OwnWrites } from "./own-writes.ts";
import { isTerminal } from "./reconcile-error.ts";
import { Reconciler, type TurnOutcome } from "./reconciler.ts";
import { resync } from "./resync.ts";
import { Sources } from "./sources.ts";
import { StatusWriter } from "./status-writer.ts";
import { VanishedObjects } from "./vanished-objects.ts";

export interface ControllerRunOptions<T extends KubernetesObject> {
  readonly options: ControllerOptions<T>;
  /** The finalizer that is kept; `undefined` without a cleanup. */
  readonly finalizer: string | undefined;
  readonly client: Client;
  /** Run by somebody else. */
  readonly informers: SharedInformers | undefined;
  readonly onSynced: (() => void) | undefined;
  /** Told of every change of the controller's own kind. */
  readonly onChange: ((change: Change) => void) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/** One run of a controller, from its first list to the end of its last turn: who has a turn when, and what comes of it. */
export class ControllerRun<T extends KubernetesObject> {
  readonly #options: ControllerOptions<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #tracer: Tracer;
  readonly #queue: WorkQueue;
  readonly #informers: SharedInformers;
  readonly #ownsInformers: boolean;
  readonly #ownWrites: OwnWrites;
  readonly #lostChildren: LostChildren;
  readonly #vanished: VanishedObjects<T> | undefined;
  readonly #sources: Sources<T>;
  readonly #events: EventRecorder;
  readonly #reconciler: Reconciler<T>;
  readonly #onSynced: (() => void) | undefined;
  /** Keys whose last turn failed. */
  readonly #failing = new Set<ObjectKey>();
  /** Keys whose functions have not settled, those past their deadline too. */
  readonly #turns = new Set<ObjectKey>();
  /** Aborts the turns that run. */
  readonly #hardStop = new AbortController();

  constructor({ options, finalizer, client, informers, onSynced, onChange, clock, logger, metrics, tracer }: ControllerRunOptions<T>) {
    const { name } = options;
    this.#options = options;
    this.#onSynced = onSynced;
    this.#clock = clock;
    this.#logger = logger.with({ controller: name });
    this.#metrics = controllerMetrics(metrics, name, options.concurrency ?? 1);
    this.#tracer = tracer;
    this.#queue = new WorkQueue({
      name,
      rateLimiter: perKeyBackoff(options.backoff === false ? undefined : options.backoff),
      clock,
      metrics,
    });
    this.#ownsInformers = informers === undefined;
    this.#informers = informers ?? new SharedInformers({ client, clock, logger, metrics });
    this.#ownWrites = new OwnWrites({ clock });
    this.#lostChildren = new LostChildren({ clock });
    this.#vanished = finalizer === undefined ? undefined : new VanishedObjects({ finalizer });
    this.#events = new EventRecorder({ client, component: name, clock, logger: this.#logger });
    this.#sources = new Sources({
      name,
      kind: options.for,
      owns: options.owns ?? [],
      watches: options.watches ?? [],
      predicates: options.predicates ?? [],
      namespace: options.namespace,
      labelSelector: options.labelSelector,
      informers: this.#informers,
      onOwnChange: (change) => {
        this.#vanished?.see(change);
        onChange?.(change);
      },
      // What was there before waits behind what happens now.
      onKey: (key, initial) => {
        this.#ownWrites.unpark(key);
        this.#queue.add(key, { priority: initial ? INITIAL_PRIORITY : 0 });
      },
      onGone: (uid) => this.#lostChildren.gone(uid),
      onChange: () => this.#ownWrites.released().forEach((key) => this.#queue.add(key)),
      onError: (error, what, key) => {
        this.#logger.error(what, { object: key, error });
        this.#tellOnError(error, key, undefined);
      },
    });
    this.#reconciler = new Reconciler({
      options,
      finalizer,
      client,
      sources: this.#sources,
      ownWrites: this.#ownWrites,
      vanished: this.#vanished,
      lostChildren: this.#lostChildren,
      status: new StatusWriter({ kind: options.for, clock }),
      events: this.#events,
      clock,
      logger: this.#logger,
    });
  }

  /** Why the controller is not ready; `undefined` when it is. */
  ailment(): string | undefined {
    const { unsynced } = this.#sources;
    return unsynced.length === 0 ? undefined : `controller ${this.#options.name} waits for the first list of ${unsynced.join(", ")}`;
  }

  async run(signal: AbortSignal): Promise<void> {
    const broken = new AbortController();
    const stop = AbortSignal.any([signal, broken.signal]);
    const stopInformers = new AbortController();
    const informing = this.#ownsInformers
      ? this.#informers.run({ signal: stopInformers.signal }).catch((error: unknown) => broken.abort(error))
      : undefined;
    try {
      this.#sources.open();
      await this.#waitForSync(stop);
      await this.#work(stop);
    } finally {
      await this.#events.close();
      this.#sources.close();
      stopInformers.abort();
      await informing;
    }
    if (broken.signal.aborted) throw broken.signal.reason;
  }

  /** Nothing has a turn before every copy is filled: a half-filled one looks like objects that are gone. */
  async #waitForSync(stop: AbortSignal): Promise<void> {
    const remind = (): Timer =>
      this.#clock.setTimer(REMIND_MS, () => {
        this.#logger.warn("still waiting for the first list; are the kinds installed, and may they be listed and watched?", {
          informers: this.#sources.unsynced,
        });
        reminder = remind();
      });
    let reminder = remind();
    try {
      await this.#sources.synced({ signal: stop });
      this.#logger.info("started");
      this.#onSynced?.();
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      reminder.cancel();
    }
  }

  /** Gives turns until `stop` is aborted, then waits for those that run: at first they may go on, then they are aborted. */
  async #work(stop: AbortSignal): Promise<void> {
    const { name, concurrency = 1, stopGraceMs = STOP_GRACE_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = this.#options;
    const quiet = new AbortController();
    let late: Promise<void> = Promise.resolve();
    const onStop = (): void => {
      const timing = { signal: quiet.signal, clock: this.#clock };
      sleep(Math.min(stopGraceMs, stopTimeoutMs), timing).then(
        () => this.#hardStop.abort(new Error(`controller ${name} is stopping`)),
        () => {},
      );
      late = sleep(stopTimeoutMs, timing).catch(() => {});
    };
    if (stop.aborted) onStop();
    else stop.addEventListener("abort", onStop, { once: true });
    const resyncing = this.#resync(stop);
    try {
      await runWorkers(this.#queue, { concurrency, signal: stop, turn: (key) => this.#turn(key) });
      await Promise.race([this.#queue.shutDown(), late]);
    } finally {
      stop.removeEventListener("abort", onStop);
      quiet.abort();
      this.#hardStop.abort(new Error(`controller ${name} has stopped`));
      await resyncing;
    }
    if (this.#turns.size > 0) {
      throw new Error(
        `stop controller ${name}: the turn of ${[...this.#turns].join(", ")} did not end within ${stopTimeoutMs} ms; a reconcile must end when its signal is aborted`,
      );
    }
  }

  #resync(stop: AbortSignal): Promise<void> {
    const { resyncMs, resyncWaitMs = 0 } = this.#options;
    if (resyncMs === undefined) return Promise.resolve();
    return resync({
      resyncMs,
      waitMs: resyncWaitMs,
      signal: stop,
      clock: this.#clock,
      lister: this.#sources.primary.lister,
      others: () => this.#vanished?.keys() ?? [],
      onKey: (key) => this.#queue.add(key, { priority: RESYNC_PRIORITY }),
    });
  }

  async #turn(key: ObjectKey): Promise<void> {
    const waitMs = this.#ownWrites.waitMs(key);
    if (waitMs !== undefined) {
      this.#ownWrites.park(key);
      this.#queue.addAfter(key, waitMs);
      this.#queue.done(key);
      return;
    }
    const { reconcileTimeoutMs = RECONCILE_TIMEOUT_MS } = this.#options;
    const startMs = this.#clock.monotonicMs();
    const failures = this.#queue.failures(key);
    const span = this.#tracer === noTracer ? undefined : this.#startSpan(key, failures);
    let work: Promise<TurnOutcome> | undefined;
    this.#turns.add(key);
    this.#metrics.started();
    let result: "success" | "requeue_after" | "error" = "error";
    try {
      const outcome = await withTimeout(
        (signal) =>
          (work = span === undefined ? this.#reconciler.turn(key, { signal, failures }) : this.#turnIn(span, key, { signal, failures })),
        {
          timeoutMs: reconcileTimeoutMs,
          signal: this.#hardStop.signal,
          clock: this.#clock,
          what: `the turn of ${this.#options.for.kind} ${key}`,
        },
      );
      result = this.#succeeded(key, outcome);
    } catch (error) {
      span?.fail(error);
      this.#failed(key, error);
    }
    span?.set("operatorkit.result", result);
    span?.end();
    this.#metrics.ended(result, this.#clock.monotonicMs() - startMs);
    const end = (): void => {
      this.#turns.delete(key);
      this.#queue.done(key);
    };
    // A turn past its deadline gives its worker back at once, and its key when it has really ended: two turns of one object
    // never run at the same time.
    if (work === undefined) end();
    else void work.then(end, end);
  }

  /** What was there before the turn, in a queue that many write to, is not its cause: each turn begins a trace. */
  #startSpan(key: ObjectKey, failures: number): Span {
    const { name, for: kind } = this.#options;
    const attributes = { "operatorkit.controller": name, "operatorkit.retries": failures, ...objectAttributes(kind.kind, key) };
    return this.#tracer.startSpan(`reconcile ${name}`, { root: true, attributes });
  }

  /** Apart, so that who does not trace makes no function. */
  #turnIn(span: Span, key: ObjectKey, about: Parameters<Reconciler<T>["turn"]>[1]): Promise<TurnOutcome> {
    return span.run(() => this.#reconciler.turn(key, about));
  }

  #succeeded(key: ObjectKey, { requeueAfterMs }: TurnOutcome): "success" | "requeue_after" {
    this.#queue.forget(key);
    if (this.#failing.delete(key)) this.#metrics.failing(this.#failing.size);
    if (requeueAfterMs === undefined) return "success";
    this.#queue.addAfter(key, requeueAfterMs);
    return "requeue_after";
  }

  #failed(key: ObjectKey, error: unknown): void {
    if (this.#hardStop.signal.aborted) {
      this.#logger.info("a turn was interrupted: the controller is stopping", { object: key });
      return;
    }
    this.#metrics.failed(error);
    this.#metrics.failing(this.#failing.add(key).size);
    const failures = this.#queue.failures(key) + 1;
    if (isTerminal(error)) {
      this.#metrics.terminal();
      this.#queue.forget(key);
      this.#logger.error("a turn failed for good; the object has its next turn when something about it changes", { object: key, error });
      this.#tellOnError(error, key, undefined);
      return;
    }
    if (error instanceof TimeoutError) this.#metrics.timedOut();
    if (this.#options.backoff === false) {
      this.#logger.error("a turn failed; the object has its next turn when it changes, or at the next resync", { object: key, error });
      this.#tellOnError(error, key, undefined);
      return;
    }
    const retryInMs = this.#queue.addRateLimited(key, { atLeastMs: askedToWaitMs(error) });
    this.#logger.error("a turn failed and will be tried again", { object: key, error, failures, retryInMs });
    this.#tellOnError(error, key, retryInMs);
  }

  #tellOnError(error: unknown, key: ObjectKey, retryInMs: number | undefined): void {
    try {
      this.#options.onError?.(error, { key, retryInMs });
    } catch (thrown) {
      this.#logger.error("onError failed", { error: thrown });
    }
  }
}

const INITIAL_PRIORITY = -100;
const RESYNC_PRIORITY = -200;
const REMIND_MS = 30_000;
const RECONCILE_TIMEOUT_MS = 300_000;
const STOP_GRACE_MS = 5_000;
const STOP_TIMEOUT_MS = 30_000;

/** What the server asked for in `Retry-After`. */
function askedToWaitMs(error: unknown): number {
  return isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
}
