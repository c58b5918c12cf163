import { isConflict } from "@operatorkit/api";
import type { Logger } from "@operatorkit/observe";
import { runWorkers, type WorkQueue } from "@operatorkit/workqueue";

export interface KeyedTurnsOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** What to do about one key. A key that fails has another turn, later each time; so has one that asks for it. */
  readonly turn: (key: string) => Promise<{ readonly againAfterMs: number } | void>;
}

/** Works a queue off until `signal` is aborted: for what is no reconcile of one kind's objects. */
export async function keyedTurns(queue: WorkQueue, { concurrency, signal, logger, turn }: KeyedTurnsOptions): Promise<void> {
  try {
    await runWorkers(queue, {
      concurrency,
      signal,
      turn: async (key) => {
        try {
          const again = await turn(key);
          queue.forget(key);
          if (again !== undefined) queue.addAfter(key, again.againAfterMs);
        } catch (error) {
          // A conflict is ordinary: somebody else wrote in between.
          if (!signal.aborted && !isConflict(error)) logger.warn("a turn failed and will be tried again", { key, error });
          queue.addRateLimited(key);
        } finally {
          queue.done(key);
        }
      },
    });
  } finally {
    await queue.shutDown();
  }
}
