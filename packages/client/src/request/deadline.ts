import type { Clock, Timer } from "@operatorkit/observe";

export interface DeadlineOptions {
  readonly clock: Clock;
  /** Infinity for no limit. */
  readonly timeoutMs: number;
  /** Any of them ends the request too, with its own reason. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** What the request rejects with when time is up. */
  readonly reason: () => Error;
}

/** One signal for all that can end a request: the time allowed, and the signals of those who asked. `dispose` leaves nothing behind. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #linked: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #dueMs: number;
  #timer: Timer | undefined;

  constructor({ clock, timeoutMs, signals, reason }: DeadlineOptions) {
    this.#clock = clock;
    this.#dueMs = clock.monotonicMs() + timeoutMs;
    for (const signal of signals) {
      if (signal === undefined) continue;
      if (signal.aborted) {
        this.#controller.abort(signal.reason);
        return;
      }
      const onAbort = (): void => this.#controller.abort(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#linked.push(() => signal.removeEventListener("abort", onAbort));
    }
    if (timeoutMs !== Number.POSITIVE_INFINITY) this.#timer = clock.setTimer(timeoutMs, () => this.#controller.abort(reason()));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get remainingMs(): number {
    return Math.max(0, this.#dueMs - this.#clock.monotonicMs());
  }

  /** Lets the request go on without a limit: an accepted watch. The signals still end it. */
  lift(): void {
    this.#timer?.cancel();
  }

  dispose(): void {
    this.#timer?.cancel();
    for (const unlink of this.#linked.splice(0)) unlink();
  }
}
