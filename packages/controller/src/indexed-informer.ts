import { Informer, type Change, type EventHandler, type InformerOptions, type Lister, type Subscription } from "@operatorkit/informer";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { noMetrics, silentLogger, sleep, systemClock, type HealthCheck } from "@operatorkit/observe";
import { aFunction, anAbortSignal, aNumber, checkOptions, having, required } from "@operatorkit/observe/options";
import { perKeyBackoff, runWorkers, WorkQueue, type RateLimiter } from "@operatorkit/workqueue";

/** One turn of one key. */
export interface KeyTurn<T extends KubernetesObject> {
  readonly key: ObjectKey;
  /** As it is now, frozen; undefined when it is gone. */
  readonly object: T | undefined;
  /** How many turns of this key have failed in a row. */
  readonly failures: number;
  readonly lister: Lister<T>;
  /** For another turn later: `queue.addAfter(key, 60_000)`. */
  readonly queue: WorkQueue;
  /** Aborted when the informer stops. */
  readonly signal: AbortSignal;
}

/** What an error that `onError` is told of came from; of `process` only those after which the key is given up. */
export interface IndexedInformerErrorContext {
  readonly during: "watch" | "handler" | "listener" | "index" | "transform" | "decode" | "filter" | "process";
  readonly key?: ObjectKey;
}

export interface IndexedInformerOptions<T extends KubernetesObject> extends Omit<InformerOptions<T>, "onError"> {
  /** What to do about a key. A key is in one turn at a time; what changes meanwhile gives it one more. */
  process(turn: KeyTurn<T>): unknown;
  /** Which changes give their key a turn. Quick and not asynchronous. @default all */
  readonly filter?: ((change: Change<T>) => boolean) | undefined;
  /** Turns at the same time. @default 2 */
  readonly workers?: number | undefined;
  /** So many times a key that failed is tried again, until it is given up until it changes. @default 3 */
  readonly maxRetries?: number | undefined;
  /** How long a key that failed waits. @default 100 ms, doubled with each failure in a row, up to 5 s */
  readonly rateLimiter?: RateLimiter | undefined;
  /** `run` rejects when the copy is not full by then. @default as long as it takes */
  readonly syncTimeoutMs?: number | undefined;
  /** Told of every error; the default logs. What it throws is logged and dropped. */
  readonly onError?: ((error: unknown, context: IndexedInformerErrorContext) => void) | undefined;
}

/**
 * Indexer, informer, lister, callbacks, a rate-limited queue and its workers as one, as KubernetesPodOperator and client-go's workqueue
 * example put them together; for what wants no more of a controller. A thin layer over `Informer` and `WorkQueue`, with their guarantees.
 *
 * The queue holds keys, not objects: changes of a key that waits collapse, a key is never in two turns at the same time, and a turn reads
 * the object as it is now. A deletion gives a turn without an object; who needs the last state adds a `delete` callback.
 */
export class IndexedInformer<T extends KubernetesObject> {
  /** The informer underneath. */
  readonly informer: Informer<T>;
  readonly queue: WorkQueue;
  readonly #options: IndexedInformerOptions<T>;
  #hasRun = false;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: IndexedInformerOptions<T>) {
    checkOptions("IndexedInformer", options, {
      process: required(aFunction),
      filter: aFunction,
      rateLimiter: having("a RateLimiter", ["nextMs", "forget", "failures"], "perKeyBackoff() makes one"),
      workers: aNumber({ atLeast: 1, whole: true }),
      maxRetries: aNumber({ atLeast: 0 }),
      syncTimeoutMs: aNumber({ above: 0 }),
    });
    const { clock = systemClock, metrics = noMetrics } = options;
    this.#options = options;
    this.informer = new Informer<T>({ ...options, onError: (error, context) => this.#report(error, context) });
    const rateLimiter = options.rateLimiter ?? perKeyBackoff({ baseMs: 100, maxMs: 5_000 });
    this.queue = new WorkQueue({ name: this.informer.name, rateLimiter, clock, metrics });
  }

  get name(): string {
    return this.informer.name;
  }

  get lister(): Lister<T> {
    return this.informer.lister;
  }

  /** Callbacks beside the queue: told of every change in order, with the old state and that of what is gone. */
  addEventHandler(handler: EventHandler<T>): Subscription {
    return this.informer.addEventHandler(handler);
  }

  /**
   * Fills the copy, then gives keys their turns until `signal` is aborted; resolves when the turns that run have ended. Rejects when the copy
   * is not full in time. Runs once.
   */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    checkOptions(`IndexedInformer ${this.name}: run`, options, { signal: required(anAbortSignal) });
    const { signal } = options;
    if (this.#hasRun) throw new Error(`${this.name}: it runs once; make a new one`);
    this.#hasRun = true;
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const keys = this.informer.onKeys((key, change) => this.#enqueue(key, change));
    const informing = this.informer.run({ signal: stop });
    informing.catch(() => failed.abort());
    try {
      if (!(await this.#synced(stop))) return;
      const { workers = 2 } = this.#options;
      await runWorkers(this.queue, { concurrency: workers, signal: stop, turn: (key) => this.#turn(key, stop) });
    } finally {
      failed.abort();
      keys.close();
      await this.queue.shutDown();
      await informing;
    }
  }

  healthCheck(): HealthCheck {
    return this.informer.healthCheck();
  }

  /** As an operator asks its runnables for them; an informer is one. */
  healthChecks(): readonly HealthCheck[] {
    return this.informer.healthChecks();
  }

  /** False when it was stopped before. */
  async #synced(stop: AbortSignal): Promise<boolean> {
    const { syncTimeoutMs, clock = systemClock } = this.#options;
    const synced = this.informer.synced({ signal: stop });
    if (syncTimeoutMs === undefined) return whether(synced, stop);
    const waited = new AbortController();
    const tooLate = sleep(syncTimeoutMs, { clock, signal: waited.signal }).then(() => {
      const why = this.informer.healthCheck().check() ?? "";
      throw new Error(`${this.name}: its copy is not full after ${syncTimeoutMs / 1000} s: ${why}`);
    });
    try {
      return await whether(Promise.race([synced, tooLate]), stop);
    } finally {
      waited.abort();
      void Promise.allSettled([synced, tooLate]);
    }
  }

  #enqueue(key: ObjectKey, change: Change<T>): void {
    const { filter } = this.#options;
    try {
      if (filter !== undefined && !filter(change)) return;
    } catch (error) {
      this.#report(error, { during: "filter", key });
    }
    this.queue.add(key);
  }

  async #turn(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const { process, maxRetries = 3 } = this.#options;
    const { queue, lister } = this;
    const failures = queue.failures(key);
    try {
      await process.call(this.#options, { key, object: lister.get(key), failures, lister, queue, signal });
      queue.forget(key);
    } catch (error) {
      if (signal.aborted) return;
      if (failures < maxRetries) {
        queue.addRateLimited(key);
      } else {
        queue.forget(key);
        this.#report(error, { during: "process", key });
      }
    } finally {
      queue.done(key);
    }
  }

  #report(error: unknown, context: IndexedInformerErrorContext): void {
    const { onError, logger = silentLogger } = this.#options;
    try {
      if (onError !== undefined) onError(error, context);
      else logger.warn(`${this.name}: ${context.during} failed`, { error, ...context });
    } catch (thrown) {
      logger.error("onError failed", { error: thrown });
    }
  }
}

/** True when it resolves; false when it was stopped before. */
async function whether(promise: Promise<void>, stop: AbortSignal): Promise<boolean> {
  try {
    await promise;
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}
