import { sleep, systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { TriesError } from "./tries-error.ts";
import { TimeoutError } from "./with-timeout.ts";

export interface PollOptions {
  /** The wait between the end of one look and the next; with `onTicks`, between their beginnings. */
  readonly intervalMs: number;
  /**
   * Look at each tick of a clock that ticks every `intervalMs`, so that what a look takes is not added; a tick that came during a look
   * is made up for at once, several by one. @default false
   */
  readonly onTicks?: boolean;
  /** Looks, at most. @default Infinity */
  readonly maxTries?: number;
  /** @default Infinity */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  /** What is waited for, for the error: `deployment echo to be ready`. */
  readonly what?: string;
}

/**
 * Looks again and again, the first time at once, until `fn` returns something other than `undefined`, `null` or `false`,
 * and resolves with that. Rejects with what `fn` throws, with the signal's reason, with a `TimeoutError` once no time is left (the last
 * look happens when the time is up), or with a `TriesError` after `maxTries` looks.
 */
export async function poll<T>(fn: () => T | Promise<T>, options: PollOptions): Promise<Exclude<T, undefined | null | false>> {
  checkOptions(
    "poll",
    { fn, ...options },
    {
      fn: required(aFunction),
      intervalMs: required(aNumber({ atLeast: 0 })),
      timeoutMs: aNumber({ atLeast: 0 }),
      maxTries: aNumber({ atLeast: 1 }),
    },
  );
  const { intervalMs, onTicks = false, maxTries = Number.POSITIVE_INFINITY, timeoutMs = Number.POSITIVE_INFINITY } = options;
  const { signal, clock = systemClock, what = "the condition" } = options;
  const startMs = clock.monotonicMs();
  let tickMs = startMs;
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    const value = await fn();
    if (value !== undefined && value !== null && value !== false) return value as Exclude<T, undefined | null | false>;
    if (tries >= maxTries) throw new TriesError(`wait for ${what}: not so after ${tries} tries`, tries);
    const leftMs = startMs + timeoutMs - clock.monotonicMs();
    if (leftMs <= 0) throw new TimeoutError(`wait for ${what}: not so after ${timeoutMs} ms`, timeoutMs);
    const nowMs = clock.monotonicMs();
    // As Go's ticker: it keeps one tick that nobody has taken, and stays in step.
    const passed = onTicks && intervalMs > 0 ? Math.floor((nowMs - tickMs) / intervalMs) : 0;
    tickMs += Math.max(1, passed) * intervalMs;
    const waitMs = onTicks ? Math.max(0, tickMs - nowMs) : intervalMs;
    await sleep(Math.min(waitMs, leftMs), { signal, clock });
  }
}
