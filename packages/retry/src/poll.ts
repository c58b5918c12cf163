import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { TimeoutError } from "./with-timeout.ts";

export interface PollOptions {
  /** The wait between the end of one look and the next. */
  readonly intervalMs: number;
  /** @default Infinity */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** What is waited for, for the error: `deployment echo to be ready`. */
  readonly what?: string;
}

/**
 * Looks again and again, the first time at once, until `fn` returns something other than `undefined`, `null` or `false`,
 * and resolves with that. Rejects with what `fn` throws, with the signal's reason, or with a `TimeoutError` once no time
 * is left; the last look happens when the time is up.
 */
export async function poll<T>(fn: () => T | Promise<T>, options: PollOptions): Promise<Exclude<T, undefined | null | false>> {
  const { intervalMs, timeoutMs = Number.POSITIVE_INFINITY, signal, clock = systemClock, what = "the condition" } = options;
  if (!(intervalMs >= 0)) throw new RangeError(`poll: intervalMs: ${intervalMs} must be a number, 0 or more`);
  if (!(timeoutMs >= 0)) throw new RangeError(`poll: timeoutMs: ${timeoutMs} must be a number, 0 or more`);
  const startMs = clock.monotonicMs();
  for (;;) {
    signal?.throwIfAborted();
    const value = await fn();
    if (value !== undefined && value !== null && value !== false) return value as Exclude<T, undefined | null | false>;
    const leftMs = startMs + timeoutMs - clock.monotonicMs();
    if (leftMs <= 0) throw new TimeoutError(`wait for ${what}: not so after ${timeoutMs} ms`, timeoutMs);
    await sleep(Math.min(intervalMs, leftMs), { signal, clock });
  }
}
