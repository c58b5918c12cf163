/** How many milliseconds to wait before the attempt that follows failure number `attempt` (0 for the first). */
export type Backoff = (attempt: number) => number;

export interface ExponentialBackoffOptions {
  /** The wait after the first failure. */
  readonly baseMs: number;
  /** What each further failure multiplies it by. @default 2 */
  readonly factor?: number;
  /** The wait grows no further than this. @default 2147483647, the longest single timer */
  readonly maxMs?: number;
  /** Up to this share of the wait is added at random, on top of `maxMs` too, so that many clients do not come back at once. @default 0 */
  readonly jitter?: number;
  /** Where chance comes from: a number from 0 up to, not including, 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Waits that grow by a factor up to a cap. Holds no state: the same attempt gives the same wait, jitter aside.
 *
 * Jitter works as in client-go's `wait.Jitter`: it only ever lengthens the wait.
 *
 * @throws {RangeError} naming the option that cannot work.
 */
export function exponentialBackoff(options: ExponentialBackoffOptions): Backoff {
  const { baseMs, factor = 2, maxMs = LONGEST_MS, jitter = 0, random = Math.random } = options;
  if (!(baseMs >= 0 && Number.isFinite(baseMs)))
    throw new RangeError(`exponential backoff: baseMs: ${baseMs} must be a finite number, 0 or more`);
  if (!(factor >= 1 && Number.isFinite(factor)))
    throw new RangeError(`exponential backoff: factor: ${factor} must be a finite number, 1 or more`);
  if (!(maxMs >= 0)) throw new RangeError(`exponential backoff: maxMs: ${maxMs} must be a number, 0 or more`);
  if (!(jitter >= 0 && Number.isFinite(jitter)))
    throw new RangeError(`exponential backoff: jitter: ${jitter} must be a finite number, 0 or more`);
  return (attempt) => {
    // `factor ** attempt` may be Infinity, and 0 * Infinity is NaN: a wait of nothing stays nothing.
    const grown = baseMs === 0 ? 0 : Math.min(maxMs, baseMs * factor ** Math.max(0, attempt));
    return jitter === 0 ? grown : grown + grown * jitter * random();
  };
}

/** The same wait after every failure. */
export function constantBackoff(delayMs: number): Backoff {
  if (!(delayMs >= 0 && Number.isFinite(delayMs)))
    throw new RangeError(`constant backoff: delayMs: ${delayMs} must be a finite number, 0 or more`);
  return () => delayMs;
}

/** What `setTimeout` can wait for at most; waits beyond it gain nothing. */
const LONGEST_MS = 2 ** 31 - 1;
