import type { Client } from "@operatorkit/api";
import { SharedInformers, type Change } from "@operatorkit/informer";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import type { Clock, Logger, Metrics, Timer, Tracer } from "@operatorkit/observe";
import { perKeyBackoff, runWorkers, WorkQueue } from "@operatorkit/workqueue";
import { controllerMetrics } from "./controller-metrics.ts";
import type { ControllerOptions } from "./controller.ts";
import { EventRecorder } from "./event-recorder.ts";
import { LostChildren } from "./lost-children.ts";
import { OwnWrites } from "./own-writes.ts";
import { Reconciler } from "./reconciler.ts";
import { resync } from "./resync.ts";
import { Sources } from "./sources.ts";
import { StatusWriter } from "./status-writer.ts";
import { TurnRunner } from "./turn-runner.ts";
import { VanishedObjects } from "./vanished-objects.ts";
import { STOP_GRACE_MS, STOP_TIMEOUT_MS, workUntilStopped } from "./work-until-stopped.ts";

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

/** One run of a controller, from its first list to the end of its last turn: what it is made of, and who has a turn when. */
export class ControllerRun<T extends KubernetesObject> {
  readonly #options: ControllerOptions<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #queue: WorkQueue;
  readonly #informers: SharedInformers;
  readonly #ownsInformers: boolean;
  readonly #ownWrites: OwnWrites;
  readonly #lostChildren: LostChildren;
  readonly #vanished: VanishedObjects<T> | undefined;
  readonly #sources: Sources<T>;
  readonly #events: EventRecorder;
  readonly #turns: TurnRunner<T>;
  readonly #onSynced: (() => void) | undefined;
  /** Aborts the turns that run. */
  readonly #hardStop = new AbortController();

  constructor({ options, finalizer, client, informers, onSynced, onChange, clock, logger, metrics, tracer }: ControllerRunOptions<T>) {
    const { name } = options;
    this.#options = options;
    this.#onSynced = onSynced;
    this.#clock = clock;
    this.#logger = logger.with({ controller: name });
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
    const reconciler = new Reconciler({
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
    this.#turns = new TurnRunner({
      options,
      queue: this.#queue,
      ownWrites: this.#ownWrites,
      reconciler,
      hardStop: this.#hardStop.signal,
      onError: (error, key, retryInMs) => this.#tellOnError(error, key, retryInMs),
      clock,
      logger: this.#logger,
      metrics: controllerMetrics(metrics, name, options.concurrency ?? 1),
      tracer,
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

  /** Gives turns until `stop` is aborted, then waits for those that run. */
  async #work(stop: AbortSignal): Promise<void> {
    const { name, concurrency = 1, stopGraceMs = STOP_GRACE_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = this.#options;
    const resyncing = this.#resync(stop);
    try {
      await workUntilStopped({
        what: `controller ${name}`,
        stop,
        hardStop: this.#hardStop,
        graceMs: stopGraceMs,
        timeoutMs: stopTimeoutMs,
        clock: this.#clock,
        work: async (late) => {
          await runWorkers(this.#queue, { concurrency, signal: stop, turn: (key) => this.#turns.run(key) });
          await Promise.race([this.#queue.shutDown(), late]);
        },
      });
    } finally {
      await resyncing;
    }
    const { running } = this.#turns;
    if (running.length > 0) {
      throw new Error(
        `stop controller ${name}: the turn of ${running.join(", ")} did not end within ${stopTimeoutMs} ms; a reconcile must end when its signal is aborted`,
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
