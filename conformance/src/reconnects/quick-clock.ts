import type { Clock } from "@operatorkit/observe";

/** Real time that runs faster: waits of seconds take milliseconds, for what must happen thousands of times on real sockets. */
export function quickClock(times: number): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now() * times,
    setTimer(ms, callback) {
      const timer = setTimeout(callback, Math.max(0, ms) / times);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
