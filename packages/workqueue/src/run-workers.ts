import { aFunction, aNumber, anAbortSignal, checkOptions, required } from "@operatorkit/observe/options";
import type { WorkQueue } from "./work-queue.ts";

export interface WorkersOptions {
  /** Turns at the same time, at most. */
  readonly concurrency: number;
  /** Stops taking keys; turns that run are waited for. */
  readonly signal: AbortSignal;
  /**
   * One turn. It calls `queue.done(key)`, at its end or later, and does not reject. The worker takes its next key when it resolves,
   * and at once when it returned no promise.
   */
  readonly turn: (key: string) => Promise<void> | void;
}

/**
 * Takes keys and gives them their turns until `signal` is aborted or the queue is shut down and empty. Resolves when every
 * turn has resolved; rejects, once the other workers have ended, with what a turn threw.
 */
export async function runWorkers(queue: WorkQueue, options: WorkersOptions): Promise<void> {
  checkOptions("runWorkers", options, {
    concurrency: required(aNumber({ atLeast: 1, whole: true })),
    signal: required(anAbortSignal),
    turn: required(aFunction),
  });
  const { concurrency, signal, turn } = options;
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  // Asking a combined signal costs as much as taking a key.
  let isStopped = stop.aborted;
  stop.addEventListener("abort", () => (isStopped = true), { once: true });
  async function worker(): Promise<void> {
    for (;;) {
      if (isStopped) return;
      // What waits already needs no promise.
      const key = queue.tryTake() ?? (await queue.take({ signal: stop }).catch((): undefined => undefined));
      if (key === undefined) return;
      try {
        const ending = turn(key);
        if (ending !== undefined) await ending;
      } catch (error) {
        broken.abort(error);
        throw error;
      }
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
