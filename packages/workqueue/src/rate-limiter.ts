import { systemClock, type Clock } from "@operatorkit/observe";
import { aList, aNumber, checkOptions, having, type Rule } from "@operatorkit/observe/options";
import { exponentialBackoff, type Backoff } from "@operatorkit/retry";

/** How long a key that failed waits. */
export interface RateLimiter {
  /** Counts one more failure of `key` and returns how long it shall wait. */
  nextMs(key: string): number;
  /** How often `key` failed since it was last forgotten. */
  failures(key: string): number;
  /** `key` succeeded, or is gone: its next failure is its first. */
  forget(key: string): void;
}

export interface PerKeyBackoffOptions {
  /** The wait after a key's first failure. @default 5, client-go's */
  readonly baseMs?: number;
  /** @default 1000000, client-go's 1,000 s */
  readonly maxMs?: number;
}

/** Each key waits on its own: twice as long after each failure. Holds an entry per failing key until it is forgotten. */
export function perKeyBackoff(options: PerKeyBackoffOptions | Backoff = {}): RateLimiter {
  const backoff = typeof options === "function" ? options : doubling(options);
  const failures = new Map<string, number>();
  return {
    nextMs(key) {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      return backoff(failed);
    },
    failures: (key) => failures.get(key) ?? 0,
    forget: (key) => void failures.delete(key),
  };
}

function doubling(options: PerKeyBackoffOptions): Backoff {
  checkOptions("perKeyBackoff", options, { baseMs: aNumber({ atLeast: 0, finite: true }), maxMs: aNumber({ atLeast: 0 }) });
  return exponentialBackoff({ baseMs: options.baseMs ?? 5, maxMs: options.maxMs ?? 1_000_000 });
}

export interface TokenBucketOptions {
  /** Retries per second in the long run, of all keys together. @default 10, client-go's */
  readonly perSecond?: number;
  /** Retries at once after a quiet while. @default 100, client-go's */
  readonly burst?: number;
  readonly clock?: Clock;
}

/** All keys together wait for tokens that come at a steady rate; who comes later waits longer. Source: golang.org/x/time/rate. */
export function tokenBucket(options: TokenBucketOptions = {}): RateLimiter {
  checkOptions("tokenBucket", options, { perSecond: aNumber({ above: 0 }), burst: aNumber({ atLeast: 1 }) });
  const { perSecond = 10, burst = 100, clock = systemClock } = options;
  let tokens = burst;
  let lastMs = clock.monotonicMs();
  return {
    nextMs() {
      const nowMs = clock.monotonicMs();
      tokens = Math.min(burst, tokens + ((nowMs - lastMs) / 1000) * perSecond);
      lastMs = nowMs;
      tokens -= 1;
      return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
    },
    failures: () => 0,
    forget: () => {},
  };
}

/** A queue would find out at the first failure only. */
export const aRateLimiter: Rule = having("a RateLimiter", ["nextMs", "failures", "forget"], "perKeyBackoff() makes one");

/** The longest wait of several limiters; each of them counts. @throws {TypeError} for what is none. */
export function maxOf(...limiters: readonly RateLimiter[]): RateLimiter {
  checkOptions("maxOf", { limiters }, { limiters: aList(aRateLimiter) });
  return {
    nextMs: (key) => limiters.reduce((longest, limiter) => Math.max(longest, limiter.nextMs(key)), 0),
    failures: (key) => limiters.reduce((most, limiter) => Math.max(most, limiter.failures(key)), 0),
    forget: (key) => limiters.forEach((limiter) => limiter.forget(key)),
  };
}

/**
 * 5 ms to 1,000 s for each key, and at most 10 a second (100 at once) for all.
 * Source: client-go `workqueue.DefaultTypedControllerRateLimiter`.
 */
export function defaultRateLimiter(options: { readonly clock?: Clock } = {}): RateLimiter {
  return maxOf(perKeyBackoff(), tokenBucket(options));
}
