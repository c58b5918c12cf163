import { systemClock, type Clock, type Timer } from "@operatorkit/observe";
import { aFunction, checkOptions, optionError, required } from "@operatorkit/observe/options";

export interface DelayHeapOptions {
  /**
   * Told which items are due, soonest first, ties in the order they were set; what it is told of has left the heap. It may set
   * and delete. It must not throw: nobody would hear of it.
   */
  readonly onDue: (due: readonly number[]) => void;
  readonly clock?: Clock;
}

/**
 * What becomes due when: one due time per item, one timer for all of them, no timer while there is none. It reports what is
 * due and runs nothing itself.
 *
 * Items are small numbers: places in arrays of their owner, who keeps there what else is to be known of them. Memory goes by how many
 * wait, and four bytes by the largest; it is given back when none of a great many is left.
 *
 * Nothing is reported before it is due by the clock's monotonic time, nor from within `set`. Setting, moving and deleting
 * take O(log n). At most 10,000 items are reported per turn, so that a great many due at once leave the event loop air.
 */
export class DelayHeap {
  readonly #onDue: (due: readonly number[]) => void;
  readonly #clock: Clock;
  /** A 4-ary heap, shallower than a binary one: by place in it, the item, when it is due, and when it was set. */
  #items = new Int32Array(SMALLEST);
  #dueMs = new Float64Array(SMALLEST);
  #orders = new Float64Array(SMALLEST);
  #size = 0;
  /** By item: its place in the heap + 1, or 0. */
  #places = new Int32Array(SMALLEST);
  #order = 0;
  #timer: Timer | undefined;
  /** When the timer fires; never later than the first item is due. */
  #armedForMs = Number.POSITIVE_INFINITY;

  /** @throws {TypeError} without an `onDue`. */
  constructor(options: DelayHeapOptions) {
    checkOptions("DelayHeap", options, { onDue: required(aFunction) });
    this.#onDue = options.onDue;
    this.#clock = options.clock ?? systemClock;
  }

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  has(item: number): boolean {
    return this.#placeOf(item) !== -1;
  }

  /** How long until `item` is due: 0 when it is overdue, `undefined` when it does not wait. */
  remainingMs(item: number): number | undefined {
    const place = this.#placeOf(item);
    return place === -1 ? undefined : Math.max(0, (this.#dueMs[place] ?? 0) - this.#clock.monotonicMs());
  }

  /** Makes `item` due in `delayMs`, whenever it was due before. */
  set(item: number, delayMs: number): void {
    this.#put(item, this.#dueIn(item, delayMs));
  }

  /** As `set`, but an `item` that is due sooner stays so. True when it was set. */
  setSooner(item: number, delayMs: number): boolean {
    const dueMs = this.#dueIn(item, delayMs);
    const place = this.#placeOf(item);
    if (place !== -1 && (this.#dueMs[place] ?? 0) <= dueMs) return false;
    this.#put(item, dueMs);
    return true;
  }

  /** Forgets `item`. True when it waited. */
  delete(item: number): boolean {
    const place = this.#placeOf(item);
    if (place === -1) return false;
    this.#remove(place);
    this.#arm();
    return true;
  }

  /** Forgets everything, gives memory back and leaves no timer behind; what was waiting is returned in no particular order. */
  clear(): number[] {
    const left = [...this.#items.subarray(0, this.#size)];
    this.#size = 0;
    this.#arm();
    this.#forget();
    return left;
  }

  #placeOf(item: number): number {
    return (this.#places[item] ?? 0) - 1;
  }

  #dueIn(item: number, delayMs: number): number {
    if (!(Number.isInteger(item) && item >= 0 && item < MOST)) throw optionError("DelayHeap", "item", `${item} must be a small number`);
    if (typeof delayMs !== "number" || Number.isNaN(delayMs)) throw optionError("DelayHeap", "delayMs", `${delayMs} must be a number`);
    return this.#clock.monotonicMs() + Math.max(0, delayMs);
  }

  #put(item: number, dueMs: number): void {
    this.#order += 1;
    let place = this.#placeOf(item);
    if (place === -1) {
      if (this.#size === this.#items.length) this.#grow();
      if (item >= this.#places.length) this.#reach(item);
      place = this.#size;
      this.#size += 1;
      this.#rise(place, item, dueMs, this.#order);
    } else if (dueMs < (this.#dueMs[place] ?? 0)) {
      this.#rise(place, item, dueMs, this.#order);
    } else {
      this.#sink(place, item, dueMs, this.#order);
    }
    this.#arm();
  }

  /** One timer for the first item. A timer that is too early is left: waking once in vain costs less than moving it. */
  #arm(): void {
    if (this.#size === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#armedForMs = Number.POSITIVE_INFINITY;
      if (this.#items.length > KEPT) this.#forget();
      return;
    }
    const dueMs = this.#dueMs[0] ?? 0;
    if (this.#timer !== undefined && this.#armedForMs <= dueMs) return;
    this.#timer?.cancel();
    this.#armedForMs = dueMs;
    this.#timer = this.#clock.setTimer(Math.max(0, dueMs - this.#clock.monotonicMs()), this.#wake);
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#armedForMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    const due: number[] = [];
    while (this.#size > 0 && (this.#dueMs[0] ?? 0) <= nowMs && due.length < MOST_PER_TURN) {
      due.push(this.#items[0] ?? 0);
      this.#remove(0);
    }
    this.#arm();
    if (due.length > 0) this.#onDue(due);
  };

  /** Takes out what is at `place`; the last one takes a place on the way. */
  #remove(place: number): void {
    this.#places[this.#items[place] ?? 0] = 0;
    this.#size -= 1;
    const last = this.#size;
    if (place === last) return;
    const item = this.#items[last] ?? 0;
    const dueMs = this.#dueMs[last] ?? 0;
    const order = this.#orders[last] ?? 0;
    if (place > 0 && this.#isBefore(dueMs, order, (place - 1) >> 2)) this.#rise(place, item, dueMs, order);
    else this.#sink(place, item, dueMs, order);
  }

  /** Puts an item at `place`, or nearer to the top, where those before it in time are. */
  #rise(place: number, item: number, dueMs: number, order: number): void {
    let at = place;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (!this.#isBefore(dueMs, order, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#fill(at, item, dueMs, order);
  }

  /** Puts an item at `place`, or further from the top, where those behind it in time are. */
  #sink(place: number, item: number, dueMs: number, order: number): void {
    const dues = this.#dueMs;
    const orders = this.#orders;
    const size = this.#size;
    let at = place;
    for (let child = at * 4 + 1; child < size; child = at * 4 + 1) {
      let first = child;
      let firstMs = dues[child] ?? 0;
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other += 1) {
        const otherMs = dues[other] ?? 0;
        if (otherMs > firstMs || (otherMs === firstMs && (orders[other] ?? 0) > (orders[first] ?? 0))) continue;
        first = other;
        firstMs = otherMs;
      }
      if (this.#isBefore(dueMs, order, first)) break;
      this.#move(first, at);
      at = first;
    }
    this.#fill(at, item, dueMs, order);
  }

  #isBefore(dueMs: number, order: number, place: number): boolean {
    const otherMs = this.#dueMs[place] ?? 0;
    return dueMs < otherMs || (dueMs === otherMs && order < (this.#orders[place] ?? 0));
  }

  #move(from: number, to: number): void {
    this.#fill(to, this.#items[from] ?? 0, this.#dueMs[from] ?? 0, this.#orders[from] ?? 0);
  }

  #fill(place: number, item: number, dueMs: number, order: number): void {
    this.#items[place] = item;
    this.#dueMs[place] = dueMs;
    this.#orders[place] = order;
    this.#places[item] = place + 1;
  }

  #grow(): void {
    const { length } = this.#items;
    const [items, dueMs, orders] = [this.#items, this.#dueMs, this.#orders];
    this.#items = new Int32Array(length * 2);
    this.#dueMs = new Float64Array(length * 2);
    this.#orders = new Float64Array(length * 2);
    this.#items.set(items);
    this.#dueMs.set(dueMs);
    this.#orders.set(orders);
  }

  #reach(item: number): void {
    const places = this.#places;
    this.#places = new Int32Array(Math.max(places.length * 2, item + 1));
    this.#places.set(places);
  }

  #forget(): void {
    this.#items = new Int32Array(SMALLEST);
    this.#dueMs = new Float64Array(SMALLEST);
    this.#orders = new Float64Array(SMALLEST);
    this.#places = new Int32Array(SMALLEST);
  }
}

const MOST_PER_TURN = 10_000;

const SMALLEST = 64;

/** Room for so many is not worth giving back, to be asked for again with the next item. */
const KEPT = 1024;

/** What is larger was not meant as a place in an array. */
const MOST = 2 ** 28;
