import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { exponentialBackoff, type Backoff } from "./backoff.ts";
import { isPermanent } from "./permanent-error.ts";

/** What to do after a failure. */
export interface RetryDecision {
  readonly retry: boolean;
  /** How long to wait first. */
  readonly delayMs: number;
}

/**
 * Decides after each failure. `attempt` is 0 for the decision right after the first, non-retry failure and n after the
 * n-th retry has failed.
 */
export type RetryPolicy = (error: unknown, attempt: number) => RetryDecision;

/**
 * Waits `initialMs`, then twice as long each time. **`maxAttempts` retries would read naturally, but N allows N + 1**, so
 * N + 2 calls in all, as grafana-app-sdk's policy of the same name does. It ignores the error; it has no jitter, and no
 * cap but the longest single timer.
 *
 * @throws {TypeError} for numbers that cannot work.
 */
export function exponentialBackoffRetryPolicy(initialMs: number, maxAttempts: number): RetryPolicy {
  const rules = { initialMs: required(aNumber({ atLeast: 0, finite: true })), maxAttempts: required(aNumber()) };
  checkOptions("exponentialBackoffRetryPolicy", { initialMs, maxAttempts }, rules);
  return limited(exponentialBackoff({ baseMs: initialMs }), (attempt) => attempt <= maxAttempts);
}

/** Retries after 5, 10, 20, 40, 80 and 160 s, then gives up: 7 calls over 315 s. Same numbers as grafana-app-sdk's. */
export const defaultRetryPolicy: RetryPolicy = exponentialBackoffRetryPolicy(5000, 5);

export interface BackoffRetryPolicyOptions {
  readonly backoff: Backoff;
  /** How often to try again after the first failure. @default Infinity */
  readonly maxRetries?: number;
}

/** Waits as `backoff` says, at most `maxRetries` times, and gives up at once on a permanent error. */
export function backoffRetryPolicy(options: BackoffRetryPolicyOptions): RetryPolicy {
  checkOptions("backoffRetryPolicy", options, { backoff: required(aFunction), maxRetries: aNumber({ atLeast: 0 }) });
  const { backoff, maxRetries = Number.POSITIVE_INFINITY } = options;
  const decide = limited(backoff, (attempt) => attempt < maxRetries);
  return (error, attempt) => (isPermanent(error) ? GIVE_UP : decide(error, attempt));
}

/** Never tries again. */
export const noRetryPolicy: RetryPolicy = () => GIVE_UP;

const GIVE_UP: RetryDecision = Object.freeze({ retry: false, delayMs: 0 });

function limited(backoff: Backoff, isAllowed: (attempt: number) => boolean): RetryPolicy {
  return (_error, attempt) => (isAllowed(attempt) ? { retry: true, delayMs: backoff(attempt) } : GIVE_UP);
}
