import type { Clock, Timer } from "../clock.ts";

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until a test moves it. Timers fire in the order they are due, ties in the order they were set,
 * and after each one the microtasks it caused have run.
 */
export class ManualClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor({ startMs = Date.UTC(2026, 0, 1) }: { startMs?: number } = {}) {
    this.#wallOffsetMs = startMs;
  }

  now(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(ms: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, ms), order: (this.#order += 1), callback };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves the wall clock alone, as an administrator or NTP would. */
  jumpWallClock(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Moves time on by `ms`, firing what becomes due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#nowMs = until;
  }

  /** Moves time on to the next timer and fires it; false when none waits, or none is due by `untilMs` of `monotonicMs()`. */
  async advanceToNext({ untilMs = Number.POSITIVE_INFINITY }: { readonly untilMs?: number } = {}): Promise<boolean> {
    await settle();
    const next = this.#next(untilMs);
    if (next === undefined) return false;
    await this.advance(Math.max(0, next.dueMs - this.#nowMs));
    return true;
  }

  #next(untilMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.dueMs > untilMs) continue;
      if (first === undefined || pending.dueMs < first.dueMs || (pending.dueMs === first.dueMs && pending.order < first.order))
        first = pending;
    }
    return first;
  }
}

/** Lets promise chains run out: one macrotask turn, which drains every microtask before it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
