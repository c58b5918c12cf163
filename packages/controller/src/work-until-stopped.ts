import { sleep, type Clock } from "@operatorkit/observe";

export interface WorkUntilStoppedOptions {
  /** Who works, for the reason of `hardStop`. */
  readonly what: string;
  readonly stop: AbortSignal;
  /** Aborts what still runs. */
  readonly hardStop: AbortController;
  /** After `stop`, how long what runs may go on before it is aborted. */
  readonly graceMs: number;
  /** After `stop`, how long it is waited for in all. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called at once when the stop comes. */
  readonly onStop?: () => void;
  /** Takes up nothing new after `stop`, and ends when nothing runs any more, or when `late` resolves. */
  readonly work: (late: Promise<void>) => Promise<unknown>;
}

/** Works until `stop`, and then waits for what runs: at first it may go on, then it is aborted, and in the end it is given up. */
export async function workUntilStopped({
  what,
  stop,
  hardStop,
  graceMs,
  timeoutMs,
  clock,
  onStop: begin,
  work,
}: WorkUntilStoppedOptions): Promise<void> {
  const quiet = new AbortController();
  const late = Promise.withResolvers<void>();
  const onStop = (): void => {
    begin?.();
    const timing = { signal: quiet.signal, clock };
    sleep(Math.min(graceMs, timeoutMs), timing).then(
      () => hardStop.abort(new Error(`${what} is stopping`)),
      () => {},
    );
    sleep(timeoutMs, timing).then(late.resolve, () => {});
  };
  if (stop.aborted) onStop();
  else stop.addEventListener("abort", onStop, { once: true });
  try {
    await work(late.promise);
  } finally {
    stop.removeEventListener("abort", onStop);
    quiet.abort();
    hardStop.abort(new Error(`${what} has stopped`));
  }
}

/** Of controllers that say nothing else; their options say so too. */
export const STOP_GRACE_MS = 5_000;
export const STOP_TIMEOUT_MS = 30_000;
