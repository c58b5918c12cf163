import { ApiError } from "@operatorkit/api";
import type { Clock, Timer } from "@operatorkit/observe";

/** A timer that fires this much too late says that the event loop stood still, not that the server was silent. */
const STALL_MS = 1_000;
/** After a stall, what waits in the sockets gets this long to be read. */
const GRACE_MS = 5_000;

/** How long a wait may last: without a sign of life, and in all. */
export interface Limits {
  readonly silenceMs: number;
  readonly totalMs: number;
}

interface Pending {
  readonly what: string;
  readonly silenceMs: number;
  /** Whatever happens. */
  readonly latestMs: number;
  readonly reject: (error: unknown) => void;
}

/**
 * One request that may not be silent: each wait for it ends in its result, in `DeadlineExceeded` when nothing came within the
 * limit, or in the parent signal's reason. It holds even for a `ListWatch` that ignores its signal and never settles.
 * Costs one timer however many waits there are.
 */
export class GuardedRequest {
  readonly #clock: Clock;
  readonly #parent: AbortSignal;
  readonly #controller = new AbortController();
  #pending: Pending | undefined;
  #timer: Timer | undefined;
  #timerDueMs = 0;
  #deadlineMs = 0;
  #isInGrace = false;

  constructor({ clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#clock = clock;
    this.#parent = signal;
    if (signal.aborted) this.#controller.abort(signal.reason);
    else signal.addEventListener("abort", this.#onParentAbort, { once: true });
  }

  /** Give this to the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for `work`, but not longer than the limit (a number: of silence) allows. One wait at a time. */
  within<R>(limit: number | Limits, what: string, work: () => Promise<R>): Promise<R> {
    const { silenceMs, totalMs } = typeof limit === "number" ? { silenceMs: limit, totalMs: Number.POSITIVE_INFINITY } : limit;
    return new Promise<R>((resolve, reject) => {
      if (this.#controller.signal.aborted) {
        reject(this.#controller.signal.reason);
        return;
      }
      const nowMs = this.#clock.monotonicMs();
      const pending: Pending = { what, silenceMs, latestMs: nowMs + totalMs, reject };
      this.#pending = pending;
      this.#isInGrace = false;
      this.#deadlineMs = nowMs + Math.min(silenceMs, totalMs);
      this.#arm(this.#deadlineMs);
      void this.#settle(pending, work, resolve);
    });
  }

  async #settle<R>(pending: Pending, work: () => Promise<R>, resolve: (result: R) => void): Promise<void> {
    try {
      const result = await work();
      if (this.#pending !== pending) return;
      this.#pending = undefined;
      resolve(result);
    } catch (error) {
      if (this.#pending !== pending) return;
      this.#pending = undefined;
      pending.reject(error);
    }
  }

  /** Bytes arrived: the limit of silence starts again. */
  readonly alive = (): void => {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#isInGrace = false;
    this.#deadlineMs = Math.min(this.#clock.monotonicMs() + pending.silenceMs, pending.latestMs);
  };

  /** Ends the request and leaves nothing behind. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#parent.removeEventListener("abort", this.#onParentAbort);
    this.#controller.abort();
  }

  #arm(dueMs: number): void {
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.setTimer(dueMs - this.#clock.monotonicMs(), this.#onTimer);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const pending = this.#pending;
    if (pending === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#timerDueMs > STALL_MS && !this.#isInGrace) {
      this.#isInGrace = true;
      this.#deadlineMs = Math.max(this.#deadlineMs, nowMs + GRACE_MS);
    }
    if (nowMs < this.#deadlineMs) {
      this.#arm(this.#deadlineMs);
      return;
    }
    const why = nowMs >= pending.latestMs ? "it took too long" : `nothing came for ${pending.silenceMs / 1000} s`;
    const error = new ApiError(`${pending.what}: ${why}; the connection is given up and made anew`, { code: "DeadlineExceeded" });
    this.#end(error);
  };

  readonly #onParentAbort = (): void => this.#end(this.#parent.reason);

  #end(reason: unknown): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#controller.abort(reason);
    pending?.reject(reason);
  }
}
