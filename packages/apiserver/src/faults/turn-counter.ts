import type { Turns } from "./fault-rule.ts";

/** Decides which of a sequence are hit. */
export class TurnCounter {
  readonly #nth: number;
  readonly #times: number;
  readonly #probability: number;
  readonly #random: () => number;
  #seen = 0;
  #taken = 0;

  constructor({ nth, times, probability, seed }: Turns) {
    this.#nth = nth ?? 1;
    this.#times = times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1);
    this.#probability = probability ?? 1;
    this.#random = seededRandom(seed ?? 1);
  }

  /** Counts one; whether it is hit. */
  take(): boolean {
    this.#seen += 1;
    if (this.#seen < this.#nth || this.#taken >= this.#times) return false;
    // Drawn for each candidate, so that which ones are hit depends on nothing but their order.
    if (this.#probability < 1 && this.#random() >= this.#probability) return false;
    this.#taken += 1;
    return true;
  }
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
