import { systemClock, type Clock } from "@operatorkit/observe";
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
  const backoff =
    typeof options === "function" ? options : exponentialBackoff({ baseMs: options.baseMs ?? 5, maxMs: options.maxMs ?? 1_000_000 });
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

export interface TokenBucketOptions {
  /** Retries per second in the long run, of all keys together. @default 10, client-go's */
  readonly perSecond?: number;
  /** Retries at once after a quiet while. @default 100, client-go's */
  readonly burst?: number;
  readonly clock?: Clock;
}

/** All keys together wait for tokens that come at a steady rate; who comes later waits longer. Source: golang.org/x/time/rate. */
export function tokenBucket({ perSecond = 10, burst = 100, clock = systemClock }: TokenBucketOptions = {}): RateLimiter {
  if (!(perSecond > 0)) throw new RangeError(`token bucket: perSecond: ${perSecond} must be a number above 0`);
  if (!(burst >= 1)) throw new RangeError(`token bucket: burst: ${burst} must be a number, 1 or more`);
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

/** @throws {TypeError} naming `field`, when it is no rate limiter: a queue would find out at the first failure only. */
export function checkRateLimiter(field: string, limiter: unknown): void {
  for (const method of ["nextMs", "failures", "forget"] as const)
    if (typeof (limiter as Partial<RateLimiter> | null | undefined)?.[method] !== "function")
      throw new TypeError(`${field}: must be a RateLimiter, such as perKeyBackoff(): it has no function ${method}`);
}

/** The longest wait of several limiters; each of them counts. @throws {TypeError} for what is none. */
export function maxOf(...limiters: readonly RateLimiter[]): RateLimiter {
  for (const [index, limiter] of limiters.entries()) checkRateLimiter(`max of: limiters[${index}]`, limiter);
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
export function defaultRateLimiter({ clock = systemClock }: { readonly clock?: Clock } = {}): RateLimiter {
  return maxOf(perKeyBackoff(), tokenBucket({ clock }));
}
