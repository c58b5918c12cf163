import { systemClock, type Clock, type Metrics } from "@operatorkit/observe";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { Ring } from "./ring.ts";
import { WorkQueue } from "./work-queue.ts";
import { runWorkers } from "./run-workers.ts";

export interface KeyedLanesOptions<Job> {
  /** Does one job. A throw and a rejection are the same failure. */
  readonly run: (key: string, job: Job, signal: AbortSignal) => void | Promise<void>;
  /** Jobs of different keys that run at the same time, at most. @default 10 */
  readonly concurrency?: number;
  /**
   * Makes one job of the last one that waits under a key and a new one, or returns `undefined` to keep both. Without it
   * every job is kept, however many wait.
   */
  readonly merge?: (waiting: Job, next: Job) => Job | undefined;
  /** Told of each job that failed; the lane goes on with its next job. @default swallows */
  readonly onError?: (error: unknown, key: string, job: Job) => void;
  /** The `name` label of the metrics. @default "" */
  readonly name?: string;
  readonly clock?: Clock;
  readonly metrics?: Metrics;
}

/**
 * Jobs in lanes: those of one key run in the order they were pushed, one at a time; those of different keys run side by
 * side. A `WorkQueue` beneath decides whose turn it is, one job a turn, so that a busy key does not hold up the others.
 */
export class KeyedLanes<Job> {
  readonly #run: KeyedLanesOptions<Job>["run"];
  readonly #concurrency: number;
  readonly #merge: KeyedLanesOptions<Job>["merge"];
  readonly #onError: (error: unknown, key: string, job: Job) => void;
  readonly #queue: WorkQueue;
  readonly #lanes = new Map<string, Ring<Job>>();
  readonly #idlers = new Set<() => void>();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: KeyedLanesOptions<Job>) {
    checkOptions("KeyedLanes", options, {
      run: required(aFunction),
      concurrency: aNumber({ atLeast: 1, whole: true }),
      merge: aFunction,
    });
    const { run, concurrency = 10, merge, onError = () => {}, name = "", clock = systemClock, metrics } = options;
    this.#run = run;
    this.#concurrency = concurrency;
    this.#merge = merge;
    this.#onError = onError;
    this.#queue = new WorkQueue({ name, clock, ...(metrics !== undefined && { metrics }) });
  }

  /** How many keys have jobs that wait. */
  get size(): number {
    return this.#lanes.size;
  }

  /** The jobs of `key` that wait; not the one that runs. */
  waiting(key: string): number {
    return this.#lanes.get(key)?.length ?? 0;
  }

  /** Puts `job` at the end of the lane of `key`. Ignored once stopped. */
  push(key: string, job: Job): void {
    if (this.#queue.isShutDown) return;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Ring<Job>();
      this.#lanes.set(key, lane);
    }
    const last = lane.peekLast();
    const merged = last === undefined ? undefined : this.#merge?.(last, job);
    if (merged === undefined) lane.push(job);
    else lane.replaceLast(merged);
    this.#queue.add(key);
  }

  /** Forgets the jobs of `key` that wait; returns how many. */
  drop(key: string): number {
    const dropped = this.waiting(key);
    this.#lanes.delete(key);
    this.#wake();
    return dropped;
  }

  /** Resolves when no job waits or runs. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0 || this.#queue.running > 0) await new Promise<void>((resolve) => void this.#idlers.add(resolve));
  }

  /** Runs jobs until `signal` is aborted; resolves when the running ones have ended. Jobs that wait then are forgotten. Call it once. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    await runWorkers(this.#queue, { concurrency: this.#concurrency, signal, turn: (key) => this.#turn(key, signal) });
    this.#lanes.clear();
    await this.#queue.shutDown();
    this.#wake();
  }

  async #turn(key: string, signal: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(key);
    // The lane may have been dropped since its key was queued.
    if (lane === undefined) return this.#end(key);
    // No lane that is kept is empty; a job may be `undefined`.
    const job = lane.shift() as Job;
    if (lane.length === 0) this.#lanes.delete(key);
    try {
      await this.#run(key, job, signal);
    } catch (error) {
      try {
        this.#onError(error, key, job);
      } catch {
        // An error handler that fails has nobody left to tell.
      }
    }
    this.#end(key);
  }

  #end(key: string): void {
    if (this.#lanes.has(key)) this.#queue.add(key);
    this.#queue.done(key);
    this.#wake();
  }

  #wake(): void {
    if (this.#lanes.size > 0 || this.#queue.running > 0) return;
    const idlers = [...this.#idlers];
    this.#idlers.clear();
    for (const resolve of idlers) resolve();
  }
}
