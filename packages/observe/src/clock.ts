/** Where time comes from. Every wait goes through one, so that tests run in virtual time. */
export interface Clock {
  /** Wall-clock milliseconds since 1970. */
  now(): number;
  /** Milliseconds that never go back; for measuring and for due times. */
  monotonicMs(): number;
  /** Calls back once after `ms`; 0 or less means soon, never at once. */
  setTimer(ms: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Real time. A delay over 2^31-1 ms is kept by chaining, where `setTimeout` alone would fire at once. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(ms, callback) {
    let handle = arm(ms);
    function arm(left: number): NodeJS.Timeout {
      if (left <= LONGEST_MS) return setTimeout(callback, Math.max(0, left));
      return setTimeout(() => {
        handle = arm(left - LONGEST_MS);
      }, LONGEST_MS);
    }
    return { cancel: () => clearTimeout(handle) };
  },
};

const LONGEST_MS = 2 ** 31 - 1;
