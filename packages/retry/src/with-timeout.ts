import { systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";

/** Something took longer than it was given. */
export class TimeoutError extends Error {
  readonly code = "Timeout" as const;
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number) {
    super(message);
    this.name = "TimeoutError";
    this.timeoutMs = timeoutMs;
  }
}

export interface TimeoutOptions {
  /** Infinity sets no deadline. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** What is being done, for the error: `reconcile default/echo`. */
  readonly what?: string;
}

/**
 * Gives `fn` so long, and a signal that is aborted when the time is up (with a `TimeoutError`) or the outer signal is.
 * Settles at that moment at the latest, even when `fn` ignores its signal; what such an `fn` does later is swallowed.
 * Leaves no timer and no listener behind.
 */
export function withTimeout<T>(fn: (signal: AbortSignal) => T | Promise<T>, options: TimeoutOptions): Promise<T> {
  checkOptions("withTimeout", { fn, ...options }, RULES);
  const { timeoutMs, signal: outer, clock = systemClock, what = "the call" } = options;
  return new Promise<T>((resolve, reject) => {
    if (outer?.aborted) {
      reject(outer.reason);
      return;
    }
    const controller = new AbortController();
    const stop = (reason: unknown): void => {
      release();
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = (): void => stop(outer?.reason);
    const timer =
      timeoutMs === Number.POSITIVE_INFINITY
        ? undefined
        : clock.setTimer(timeoutMs, () => stop(new TimeoutError(`${what} took longer than ${timeoutMs} ms`, timeoutMs)));
    const release = (): void => {
      timer?.cancel();
      outer?.removeEventListener("abort", onAbort);
    };
    outer?.addEventListener("abort", onAbort, { once: true });
    // In a `then`, so that a synchronous throw is a rejection too.
    Promise.resolve(controller.signal).then(fn).finally(release).then(resolve, reject);
  });
}

const RULES = { fn: required(aFunction), timeoutMs: required(aNumber({ atLeast: 0 })) };
