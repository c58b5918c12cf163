import { ListMap } from "@operatorkit/listmap";
import { systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { DelayHeap } from "./delay-heap.ts";
import {
  opinionatedRetryDequeuePolicy,
  specVersionOf,
  type PendingRetry,
  type RetryDequeuePolicy,
  type RetryEvent,
} from "./retry-dequeue-policy.ts";

export interface RetryQueueOptions<Job> {
  /**
   * Told of what is due, soonest first. Whoever runs one asks `begin` first, then says `end` or `requeue`. Until `begin`, events
   * may still drop it. It must not throw.
   */
  readonly onDue: (due: readonly Retry<Job>[]) => void;
  /** Which retries a new event makes pointless. What it throws goes to `onPolicyError`, and the retry is kept. @default opinionatedRetryDequeuePolicy */
  readonly dequeuePolicy?: RetryDequeuePolicy;
  readonly onPolicyError?: (error: unknown) => void;
  /** Makes one job of two that are coalesced. @default the later one */
  readonly merge?: (earlier: Job, later: Job) => Job;
  /** Due times are rounded up to multiples of this, so that retries run in groups. 0 for exact times. @default 0 */
  readonly tickMs?: number;
  readonly clock?: Clock;
}

/** Something to be tried again. */
export interface Retry<Job> extends PendingRetry {
  /** Whose it is: events under the same key may make it pointless. */
  readonly key: string;
  /** n for the n-th retry. */
  readonly attempt: number;
  readonly job: Job;
}

/** What changes when a retry has failed and is tried again. */
export interface Requeue<Job> {
  readonly error: unknown;
  readonly delayMs: number;
  /** @default as it was */
  readonly attempt?: number;
  /** @default as it was */
  readonly job?: Job;
}

/**
 * Retries that wait, several per key, on one timer. It runs nothing: it reports what is due, and its owner runs that.
 *
 * Guarantees:
 * - no retry is due before its delay is over;
 * - a new event (`dequeue`) is held against every retry of its key, also those that are due or running: one that runs is not
 *   interrupted, but `requeue` does not put it back over an event that made it pointless;
 * - a retry of the same key, action, uid and generation (resource version, for kinds without) as one that waits is coalesced into it:
 *   the later job and error, the higher attempt, and the due time there was. So failures of one state never stack up;
 * - a key that has no retry left leaves nothing behind.
 *
 * Source: grafana-app-sdk `operator/informer_controller.go` and `retry_processor.go`; different there: keys are never forgotten, what
 * fails while it runs is put back over newer events, and chains of one state stack.
 */
export class RetryQueue<Job> {
  readonly #policy: RetryDequeuePolicy;
  readonly #onPolicyError: (error: unknown) => void;
  readonly #merge: (earlier: Job, later: Job) => Job;
  readonly #tickMs: number;
  readonly #clock: Clock;
  readonly #heap: DelayHeap;
  /** By the number each has in the heap. */
  readonly #numbered: (Entry<Job> | undefined)[] = [];
  /** Numbers that no entry has. */
  readonly #free: number[] = [];
  /** Waiting, due and running, by key. */
  readonly #entries = new ListMap<Entry<Job>>();
  #count = 0;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: RetryQueueOptions<Job>) {
    checkOptions("RetryQueue", options, {
      onDue: required(aFunction),
      dequeuePolicy: aFunction,
      onPolicyError: aFunction,
      merge: aFunction,
      tickMs: aNumber({ atLeast: 0, finite: true }),
    });
    const { onDue, dequeuePolicy = opinionatedRetryDequeuePolicy, onPolicyError = () => {}, merge = (_earlier, later) => later } = options;
    const { tickMs = 0, clock = systemClock } = options;
    this.#policy = dequeuePolicy;
    this.#onPolicyError = onPolicyError;
    this.#merge = merge;
    this.#tickMs = tickMs;
    this.#clock = clock;
    this.#heap = new DelayHeap({ clock, onDue: (due) => onDue(due.flatMap((number) => this.#numbered[number] ?? [])) });
  }

  /** How many retries wait or are due; not those that run. */
  get size(): number {
    return this.#count;
  }

  /** How many keys have retries, running ones too. */
  get keys(): number {
    return this.#entries.size();
  }

  /** How many retries of `key` wait or are due. */
  keySize(key: string): number {
    let size = 0;
    this.#entries.range(key, (_, { isRunning }) => (size += isRunning ? 0 : 1));
    return size;
  }

  /** Tries again in `delayMs`. False when it was coalesced into a retry that waits already. */
  add(retry: Retry<Job>, delayMs: number): boolean {
    const same = this.#sameAs(retry);
    if (same !== undefined) {
      same.attempt = Math.max(same.attempt, retry.attempt);
      same.object = retry.object;
      same.error = retry.error;
      same.job = this.#merge(same.job, retry.job);
      return false;
    }
    const { key, action, object, error, attempt, job } = retry;
    const number = this.#free.pop() ?? this.#numbered.length;
    const entry: Entry<Job> = { number, key, action, object, error, attempt, job, isRunning: false, isPointless: false };
    this.#numbered[number] = entry;
    this.#entries.addItem(key, entry);
    this.#wait(entry, delayMs);
    return true;
  }

  /** Something new happened: drops the retries of `key` that it makes pointless, by the policy. Returns how many of those that waited. */
  dequeue(key: string, event: RetryEvent): number {
    let dropped = 0;
    for (const entry of this.#of(key)) {
      if (entry.isPointless || !this.#isPointless(event, entry)) continue;
      entry.isPointless = true;
      if (entry.isRunning) continue;
      this.#forget(entry);
      dropped += 1;
    }
    return dropped;
  }

  /** Takes a retry that is due, to run it. False when it was dropped meanwhile: then it must not run. */
  begin(retry: Retry<Job>): boolean {
    const entry = this.#entryOf(retry);
    if (entry === undefined || entry.isRunning) return false;
    this.#heap.delete(entry.number);
    entry.isRunning = true;
    this.#count -= 1;
    return true;
  }

  /** A retry that ran is over: it succeeded, or will not be tried again. */
  end(retry: Retry<Job>): void {
    const entry = this.#entryOf(retry);
    if (entry?.isRunning === true) this.#remove(entry);
  }

  /** A retry that ran failed and is tried again in `delayMs`. False when it is over instead, because of what happened while it ran. */
  requeue(retry: Retry<Job>, { error, delayMs, attempt = retry.attempt, job = retry.job }: Requeue<Job>): boolean {
    const entry = this.#entryOf(retry);
    if (entry?.isRunning !== true) return false;
    if (entry.isPointless) {
      this.#remove(entry);
      return false;
    }
    const newer = this.#sameAs(entry);
    if (newer !== undefined) {
      this.#remove(entry);
      newer.attempt = Math.max(newer.attempt, attempt);
      newer.job = this.#merge(job, newer.job);
      return true;
    }
    Object.assign(entry, { error, attempt, job, isRunning: false });
    this.#wait(entry, delayMs);
    return true;
  }

  /** Drops what matches; what of it runs is not put back. Returns how many of those that waited. */
  drop(matches: (retry: Retry<Job>) => boolean): number {
    let dropped = 0;
    this.#entries.rangeAll((_key, _index, entry) => {
      if (!matches(entry)) return;
      entry.isPointless = true;
      if (entry.isRunning) return;
      this.#forget(entry);
      dropped += 1;
    });
    return dropped;
  }

  /** Drops everything and leaves no timer behind. */
  clear(): void {
    this.drop(() => true);
  }

  #isPointless(event: RetryEvent, entry: Entry<Job>): boolean {
    try {
      return this.#policy(event, entry);
    } catch (error) {
      this.#onPolicyError(error);
      return false;
    }
  }

  #wait(entry: Entry<Job>, delayMs: number): void {
    this.#count += 1;
    const nowMs = this.#clock.monotonicMs();
    const dueMs = nowMs + Math.max(0, delayMs);
    const tickedMs = this.#tickMs === 0 ? dueMs : Math.ceil(dueMs / this.#tickMs) * this.#tickMs;
    this.#heap.set(entry.number, tickedMs - nowMs);
  }

  #of(key: string): Entry<Job>[] {
    const entries: Entry<Job>[] = [];
    this.#entries.range(key, (_, entry) => entries.push(entry));
    return entries;
  }

  /** The entry of a retry this queue handed out, as long as it is here. */
  #entryOf(retry: Retry<Job>): Entry<Job> | undefined {
    return this.#of(retry.key).find((entry) => entry === retry);
  }

  #sameAs({ key, action, object }: Retry<Job>): Entry<Job> | undefined {
    const uid = object?.metadata.uid;
    const version = specVersionOf(object);
    return this.#of(key).find(
      (entry) =>
        !entry.isRunning && entry.action === action && entry.object?.metadata.uid === uid && specVersionOf(entry.object) === version,
    );
  }

  #forget(entry: Entry<Job>): void {
    this.#heap.delete(entry.number);
    this.#count -= 1;
    this.#remove(entry);
  }

  #remove(entry: Entry<Job>): void {
    this.#numbered[entry.number] = undefined;
    this.#free.push(entry.number);
    this.#entries.removeItem(entry.key, (other) => other === entry);
    if (this.#entries.keySize(entry.key) === 0) this.#entries.removeKey(entry.key);
  }
}

interface Entry<Job> extends Retry<Job> {
  /** Its own in the heap. */
  readonly number: number;
  attempt: number;
  object: Retry<Job>["object"];
  error: unknown;
  job: Job;
  isRunning: boolean;
  /** An event or its owner ended it while it ran. */
  isPointless: boolean;
}
