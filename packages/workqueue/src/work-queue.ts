import { noMetrics, systemClock, type Clock, type Metrics } from "@operatorkit/observe";
import { aNumber, checkOptions, optionError } from "@operatorkit/observe/options";
import { DelayHeap } from "@operatorkit/retry";
import { KEPT_SLOTS, KeyTable } from "./key-table.ts";
import { PriorityLevels } from "./priority-levels.ts";
import { aRateLimiter, defaultRateLimiter, type RateLimiter } from "./rate-limiter.ts";
import { WorkQueueMetrics } from "./work-queue-metrics.ts";

export interface WorkQueueOptions {
  /** The `name` label of the metrics. @default "" */
  readonly name?: string;
  /** How long keys given to `addRateLimited` wait. @default client-go's: 5 ms to 1,000 s per key, at most 10 a second for all */
  readonly rateLimiter?: RateLimiter;
  /** How many keys of higher priority may go before the first key of a lower one. @default 10 */
  readonly maxOvertakes?: number;
  readonly clock?: Clock;
  readonly metrics?: Metrics;
}

export interface AddOptions {
  /** Higher goes first; use a handful of different ones. A key that waits already rises, never falls. @default 0 */
  readonly priority?: number;
}

export interface RetryOptions extends AddOptions {
  /** Wait this long even if the rate limiter would not: what a server asked for. @default 0 */
  readonly atLeastMs?: number;
}

/**
 * Pending keys, each at most once. A key handed out by `take` is held back until `done(key)`, so one object is never
 * worked on twice at the same time; changes in between collapse into one later turn.
 *
 * Guarantees:
 * - every key added is handed out at least once after it was added, unless the queue is shut down;
 * - keys of one priority are handed out in the order in which they came to wait; the first key of a lower priority is
 *   overtaken by at most `maxOvertakes` keys of higher ones;
 * - a delayed key gets its turn no later than it is due and no earlier than it is due or added without delay: what waits
 *   for a delay is fulfilled by any turn that starts before (client-go instead gives it a second turn);
 * - adding, taking and ending a turn take constant time on average, whatever the number of keys (with a delay, O(log n)); the
 *   memory of many keys is given back when none is left.
 */
export class WorkQueue {
  /** The keys that wait, run or are delayed; what is known of each is in the arrays below, by its slot. */
  readonly #table = new KeyTable();
  #states = new Uint8Array(SMALLEST);
  /** Of a key that waits, or will after its turn or its delay. */
  #priorities = new Float64Array(SMALLEST);
  /** When a key came to wait; kept only for metrics. */
  #addedMs = new Float64Array(0);
  readonly #waiting: PriorityLevels;
  /** By slot. What is delayed does not wait, nor will it after its turn: it has a turn before the delay is over then. */
  readonly #delayed: DelayHeap;
  readonly #rateLimiter: RateLimiter;
  readonly #clock: Clock;
  readonly #metrics: WorkQueueMetrics | undefined;
  /** Who waits in `take`, longest first. */
  readonly #takers = new Set<(key: string | undefined) => void>();
  #size = 0;
  #running = 0;
  /** How many keys were added during their turn. */
  #again = 0;
  #isShutDown = false;
  #ended: PromiseWithResolvers<void> | undefined;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: WorkQueueOptions = {}) {
    checkOptions("WorkQueue", options, { rateLimiter: aRateLimiter, maxOvertakes: aNumber({ atLeast: 0 }) });
    const { name = "", clock = systemClock, maxOvertakes = 10, metrics = noMetrics } = options;
    this.#clock = clock;
    this.#rateLimiter = options.rateLimiter ?? defaultRateLimiter({ clock });
    this.#waiting = new PriorityLevels({ maxOvertakes });
    this.#delayed = new DelayHeap({
      clock,
      onDue: (due) => {
        for (const slot of due) this.#add(slot, this.#priorities[slot] ?? 0);
      },
    });
    this.#addedMs = new Float64Array(metrics === noMetrics ? 0 : SMALLEST);
    this.#metrics = metrics === noMetrics ? undefined : new WorkQueueMetrics(metrics, { name, clock });
  }

  /** How many keys wait for a turn now. */
  get size(): number {
    return this.#size;
  }

  /** How many keys have been taken and are not done. */
  get running(): number {
    return this.#running;
  }

  /** How many keys are not due yet. */
  get delayed(): number {
    return this.#delayed.size;
  }

  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** Gives `key` a turn: at once, or after the one it has now. */
  add(key: string, options?: AddOptions): void {
    if (this.#isShutDown) return;
    const slot = this.#slotFor(key);
    if (this.#delayed.size > 0) this.#delayed.delete(slot);
    this.#add(slot, options?.priority ?? 0);
  }

  /** Gives `key` a turn in `delayMs`; the earlier one counts when it is delayed already. */
  addAfter(key: string, delayMs: number, options?: AddOptions): void {
    if (this.#isShutDown) return;
    if (typeof delayMs !== "number" || Number.isNaN(delayMs)) throw optionError("WorkQueue", "delayMs", `${delayMs} must be a number`);
    if (delayMs <= 0) {
      this.add(key, options);
      return;
    }
    const slot = this.#slotFor(key);
    const state = this.#stateOf(slot);
    // What waits already, or will right after its turn, has a turn before the delay is over.
    if (state !== ABSENT && state !== RUNNING) return;
    if (this.#delayed.setSooner(slot, delayMs)) this.#priorities[slot] = options?.priority ?? 0;
  }

  /** Gives `key` another turn after a failure, when the rate limiter allows; returns in how many milliseconds. */
  addRateLimited(key: string, options?: RetryOptions): number {
    const delayMs = Math.max(this.#rateLimiter.nextMs(key), options?.atLeastMs ?? 0);
    this.#metrics?.retried();
    this.addAfter(key, delayMs, options);
    return delayMs;
  }

  /** The rate limiter forgets the failures of `key`: call it after a success, and when the object is gone. */
  forget(key: string): void {
    this.#rateLimiter.forget(key);
  }

  /** How often `key` failed since it was last forgotten. */
  failures(key: string): number {
    return this.#rateLimiter.failures(key);
  }

  /**
   * The next key, as soon as there is one; it is yours until `done(key)`. Resolves with `undefined` when the queue is shut
   * down and nothing is left to take, and rejects with the signal's reason when that is aborted first.
   */
  take({ signal }: { readonly signal?: AbortSignal } = {}): Promise<string | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const key = this.tryTake();
    if (key !== undefined || this.#isOver()) return Promise.resolve(key);
    return new Promise((resolve, reject) => {
      const taker = (next: string | undefined): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve(next);
      };
      const onAbort = (): void => {
        this.#takers.delete(taker);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#takers.add(taker);
    });
  }

  /** The next key, or `undefined` when none waits now. */
  tryTake(): string | undefined {
    const slot = this.#waiting.shift();
    if (slot === -1) return undefined;
    const key = this.#table.keyAt(slot);
    this.#states[slot] = RUNNING;
    this.#size -= 1;
    this.#running += 1;
    this.#metrics?.taken(key, this.#addedMs[slot] ?? 0, this.#size);
    return key;
  }

  /**
   * Ends the turn of `key`: when it was added meanwhile, it waits again.
   *
   * @throws {Error} when `key` has no turn: two ends of one turn would let two workers have the same key.
   */
  done(key: string): void {
    const slot = this.#table.slotOf(key);
    const state = this.#stateOf(slot);
    if (state === ABSENT || state === WAITING) throw new Error(`end the turn of key ${key}: it was not taken; call done once per take`);
    this.#running -= 1;
    this.#metrics?.done(key);
    if (state === RUNNING_THEN_AGAIN) {
      this.#again -= 1;
      this.#wait(slot, this.#priorities[slot] ?? 0);
    } else {
      this.#states[slot] = ABSENT;
      if (this.#delayed.size === 0 || !this.#delayed.has(slot)) this.#remove(slot);
    }
    this.#settle();
  }

  /**
   * Takes no more keys in and forgets the delayed ones. Without `drain` the waiting ones are forgotten too; with it they
   * are still handed out, also those that wait for a second turn. Resolves when nothing is left and every turn has ended.
   */
  shutDown({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#isShutDown = true;
    for (const slot of this.#delayed.clear()) if (this.#stateOf(slot) === ABSENT) this.#remove(slot);
    if (!drain) this.#drop();
    this.#ended ??= Promise.withResolvers<void>();
    this.#settle();
    return this.#ended.promise;
  }

  #add(slot: number, priority: number): void {
    const state = this.#stateOf(slot);
    if (state === ABSENT) {
      this.#wait(slot, priority);
    } else if (state === RUNNING) {
      this.#states[slot] = RUNNING_THEN_AGAIN;
      this.#priorities[slot] = priority;
      this.#again += 1;
    } else if ((this.#priorities[slot] ?? 0) < priority) {
      this.#raise(slot, state, priority);
    }
  }

  #wait(slot: number, priority: number): void {
    this.#states[slot] = WAITING;
    this.#priorities[slot] = priority;
    this.#waiting.push(slot, priority);
    this.#size += 1;
    if (this.#metrics !== undefined) {
      this.#addedMs[slot] = this.#clock.monotonicMs();
      this.#metrics.added(this.#size);
    }
    if (this.#takers.size > 0) this.#serve();
  }

  /** Gives the taker who has waited longest a key. */
  #serve(): void {
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker(this.tryTake());
      return;
    }
  }

  #raise(slot: number, state: number, priority: number): void {
    if (state === WAITING) {
      this.#waiting.remove(slot, this.#priorities[slot] ?? 0);
      this.#waiting.push(slot, priority);
    }
    this.#priorities[slot] = priority;
  }

  #slotFor(key: string): number {
    const slot = this.#table.slotFor(key);
    if (slot >= this.#states.length) this.#grow();
    return slot;
  }

  #stateOf(slot: number): number {
    return this.#states[slot] ?? ABSENT;
  }

  #remove(slot: number): void {
    this.#states[slot] = ABSENT;
    this.#table.remove(slot);
    if (this.#table.size === 0 && this.#states.length > KEPT_SLOTS) this.#forget();
  }

  #grow(): void {
    const [states, priorities, addedMs] = [this.#states, this.#priorities, this.#addedMs];
    this.#states = new Uint8Array(states.length * 2);
    this.#states.set(states);
    this.#priorities = new Float64Array(states.length * 2);
    this.#priorities.set(priorities);
    if (this.#metrics === undefined) return;
    this.#addedMs = new Float64Array(states.length * 2);
    this.#addedMs.set(addedMs);
  }

  /** Gives memory back: as the table does, which numbers from 0 again. */
  #forget(): void {
    this.#states = new Uint8Array(SMALLEST);
    this.#priorities = new Float64Array(SMALLEST);
    this.#addedMs = new Float64Array(this.#metrics === undefined ? 0 : SMALLEST);
    this.#waiting.clear();
    this.#delayed.clear();
  }

  #drop(): void {
    for (let slot = this.#waiting.shift(); slot !== -1; slot = this.#waiting.shift()) this.#remove(slot);
    for (const [slot, state] of this.#states.entries()) if (state === RUNNING_THEN_AGAIN) this.#states[slot] = RUNNING;
    this.#size = 0;
    this.#again = 0;
    this.#metrics?.cleared();
  }

  /** Once shut down: lets takers go when there is nothing more to take, and says so when every turn has ended. */
  #settle(): void {
    if (!this.#isOver()) return;
    for (const taker of this.#takers) {
      this.#takers.delete(taker);
      taker(undefined);
    }
    if (this.#running === 0) this.#ended?.resolve();
  }

  /** Nothing waits, and nothing will. */
  #isOver(): boolean {
    return this.#isShutDown && this.#size === 0 && this.#again === 0;
  }
}

/** Not known, or delayed and nothing else. */
const ABSENT = 0;
const WAITING = 1;
const RUNNING = 2;
/** Running, and added meanwhile. */
const RUNNING_THEN_AGAIN = 3;

/** Room for so many keys at first. */
const SMALLEST = 64;
