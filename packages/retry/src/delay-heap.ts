import { systemClock, type Clock, type Timer } from "@operatorkit/observe";

export interface DelayHeapOptions<T> {
  /**
   * Told what is due, soonest first, ties in the order they were set; what it is told of has left the heap. It may set
   * and delete. It must not throw: nobody would hear of it.
   */
  readonly onDue: (due: readonly DueItem<T>[]) => void;
  readonly clock?: Clock;
}

export interface DueItem<T> {
  readonly key: string;
  readonly value: T;
}

/**
 * What becomes due when: one entry per key, one timer for all of them, no timer while there is none. It reports what is
 * due and runs nothing itself.
 *
 * Nothing is reported before it is due by the clock's monotonic time, nor from within `set`. Setting, moving and deleting
 * take O(log n). At most 10,000 entries are reported per turn, so that a great many due at once leave the event loop air.
 */
export class DelayHeap<T> {
  readonly #onDue: (due: readonly DueItem<T>[]) => void;
  readonly #clock: Clock;
  readonly #heap: Entry<T>[] = [];
  readonly #entries = new Map<string, Entry<T>>();
  #order = 0;
  #timer: Timer | undefined;
  /** When the timer fires; never later than the first entry is due. */
  #armedForMs = Number.POSITIVE_INFINITY;

  constructor({ onDue, clock = systemClock }: DelayHeapOptions<T>) {
    this.#onDue = onDue;
    this.#clock = clock;
  }

  /** How many entries wait. */
  get size(): number {
    return this.#heap.length;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** How long until `key` is due: 0 when it is overdue, `undefined` when it does not wait. */
  remainingMs(key: string): number | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : Math.max(0, entry.dueMs - this.#clock.monotonicMs());
  }

  /** Makes `key` due in `delayMs`, whenever it was due before, and replaces its value. */
  set(key: string, delayMs: number, value: T): void {
    assertDelay(key, delayMs);
    this.#put(key, this.#entries.get(key), { dueMs: this.#clock.monotonicMs() + Math.max(0, delayMs), value });
  }

  /** As `set`, but a `key` that is due sooner stays so and keeps its value. True when it was set. */
  setSooner(key: string, delayMs: number, value: T): boolean {
    assertDelay(key, delayMs);
    const dueMs = this.#clock.monotonicMs() + Math.max(0, delayMs);
    const known = this.#entries.get(key);
    if (known !== undefined && known.dueMs <= dueMs) return false;
    this.#put(key, known, { dueMs, value });
    return true;
  }

  /** Forgets `key`. True when it waited. */
  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#remove(entry);
    this.#arm();
    return true;
  }

  /** Forgets everything and leaves no timer behind; what was waiting is returned in no particular order. */
  clear(): DueItem<T>[] {
    const left = this.#heap.splice(0);
    this.#entries.clear();
    this.#arm();
    return left;
  }

  #put(key: string, known: Entry<T> | undefined, { dueMs, value }: { readonly dueMs: number; readonly value: T }): void {
    this.#order += 1;
    if (known === undefined) {
      const entry: Entry<T> = { key, value, dueMs, order: this.#order, index: this.#heap.length };
      this.#entries.set(key, entry);
      this.#heap.push(entry);
      this.#siftUp(entry);
    } else {
      known.value = value;
      known.dueMs = dueMs;
      known.order = this.#order;
      this.#siftUp(known);
      this.#siftDown(known);
    }
    this.#arm();
  }

  /** One timer for the first entry. A timer that is too early is left: waking once in vain costs less than moving it. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#armedForMs = Number.POSITIVE_INFINITY;
      return;
    }
    if (this.#timer !== undefined && this.#armedForMs <= first.dueMs) return;
    this.#timer?.cancel();
    this.#armedForMs = first.dueMs;
    this.#timer = this.#clock.setTimer(Math.max(0, first.dueMs - this.#clock.monotonicMs()), () => this.#wake());
  }

  #wake(): void {
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    const due: DueItem<T>[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= nowMs && due.length < MOST_PER_TURN; first = this.#heap[0]) {
      this.#remove(first);
      due.push(first);
    }
    this.#arm();
    if (due.length > 0) this.#onDue(due);
  }

  #remove(entry: Entry<T>): void {
    this.#entries.delete(entry.key);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    last.index = entry.index;
    this.#heap[last.index] = last;
    this.#siftUp(last);
    this.#siftDown(last);
  }

  #siftUp(entry: Entry<T>): void {
    const heap = this.#heap;
    while (entry.index > 0) {
      const parent = heap[(entry.index - 1) >> 2];
      if (parent === undefined || !isBefore(entry, parent)) return;
      swap(heap, entry, parent);
    }
  }

  #siftDown(entry: Entry<T>): void {
    const heap = this.#heap;
    for (;;) {
      const from = entry.index * 4 + 1;
      let first = entry;
      for (let index = from; index < from + 4 && index < heap.length; index += 1) {
        const child = heap[index];
        if (child !== undefined && isBefore(child, first)) first = child;
      }
      if (first === entry) return;
      swap(heap, entry, first);
    }
  }
}

interface Entry<T> {
  readonly key: string;
  value: T;
  dueMs: number;
  order: number;
  /** Where it is in the heap, a 4-ary one: shallower than a binary heap, and its children share a cache line. */
  index: number;
}

const MOST_PER_TURN = 10_000;

function assertDelay(key: string, delayMs: number): void {
  if (Number.isNaN(delayMs)) throw new RangeError(`delay ${key}: delayMs: must be a number`);
}

function isBefore<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function swap<T>(heap: Entry<T>[], a: Entry<T>, b: Entry<T>): void {
  const index = a.index;
  a.index = b.index;
  b.index = index;
  heap[a.index] = a;
  heap[b.index] = b;
}
