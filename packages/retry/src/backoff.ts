import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";

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
 * @throws {TypeError} naming the option that cannot work.
 */
export function exponentialBackoff(options: ExponentialBackoffOptions): Backoff {
  checkOptions("exponentialBackoff", options, {
    baseMs: required(aNumber({ atLeast: 0, finite: true })),
    factor: aNumber({ atLeast: 1, finite: true }),
    maxMs: aNumber({ atLeast: 0 }),
    jitter: aNumber({ atLeast: 0, finite: true }),
    random: aFunction,
  });
  const { baseMs, factor = 2, maxMs = LONGEST_MS, jitter = 0, random = Math.random } = options;
  return (attempt) => {
    // `factor ** attempt` may be Infinity, and 0 * Infinity is NaN: a wait of nothing stays nothing.
    const grown = baseMs === 0 ? 0 : Math.min(maxMs, baseMs * factor ** attempt);
    return jitter === 0 ? grown : grown + grown * jitter * random();
  };
}

/** The same wait after every failure. @throws {TypeError} for what is no time to wait. */
export function constantBackoff(delayMs: number): Backoff {
  checkOptions("constantBackoff", { delayMs }, { delayMs: required(aNumber({ atLeast: 0, finite: true })) });
  return () => delayMs;
}

/** What `setTimeout` can wait for at most; waits beyond it gain nothing. */
const LONGEST_MS = 2 ** 31 - 1;
