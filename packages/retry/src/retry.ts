import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, checkOptions, required } from "@operatorkit/observe/options";
import { isPermanent } from "./permanent-error.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./retry-policy.ts";

export interface RetryOptions {
  /** @default defaultRetryPolicy: 7 calls over 315 s */
  readonly policy?: RetryPolicy;
  /** Ends the waiting; the call under way gets it too. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** Told of each failure that will be tried again. */
  readonly onRetry?: (error: unknown, next: { readonly attempt: number; readonly delayMs: number }) => void;
}

/** What one call is told. */
export interface RetryCall {
  /** 0 for the first call. */
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Calls `fn` until it succeeds, waiting in between as the policy says. A throw and a rejection are the same failure.
 * Rejects with the last error when the policy gives up or the error is a `PermanentError`, and with the signal's reason
 * as soon as it is aborted in a wait.
 */
export async function retry<T>(fn: (call: RetryCall) => T | Promise<T>, options: RetryOptions = {}): Promise<T> {
  checkOptions("retry", { fn }, { fn: required(aFunction) });
  checkOptions("retry", options, { policy: aFunction, onRetry: aFunction });
  const { policy = defaultRetryPolicy, signal, clock = systemClock, onRetry } = options;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await fn({ attempt, signal });
    } catch (error) {
      if (signal?.aborted || isPermanent(error)) throw error;
      const decision = policy(error, attempt);
      if (!decision.retry) throw error;
      onRetry?.(error, { attempt: attempt + 1, delayMs: decision.delayMs });
      await sleep(decision.delayMs, { signal, clock });
    }
  }
}
