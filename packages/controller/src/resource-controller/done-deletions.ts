import type { Clock } from "@operatorkit/observe";

/**
 * The objects, by uid, whose deletion was dealt with. The local copies and the queue may show such an object with our finalizer for
 * a while, and others may touch it while their finalizers hold it: its resources are not run again.
 */
export class DoneDeletions {
  readonly #ttlMs: number;
  readonly #clock: Clock;
  /** Until when; in the order of that. */
  readonly #untilMs = new Map<string, number>();

  constructor({ ttlMs, clock }: { readonly ttlMs: number; readonly clock: Clock }) {
    this.#ttlMs = ttlMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#untilMs.size;
  }

  /** To be remembered from now on, for the time to live. */
  add(uid: string): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [old, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) break;
      this.#untilMs.delete(old);
    }
    this.#untilMs.delete(uid);
    this.#untilMs.set(uid, nowMs + this.#ttlMs);
  }

  has(uid: string): boolean {
    return (this.#untilMs.get(uid) ?? Number.NEGATIVE_INFINITY) > this.#clock.monotonicMs();
  }
}
