import { isConflict } from "@operatorkit/api";
import { sleep, type Clock } from "@operatorkit/observe";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { exponentialBackoff, type Backoff } from "@operatorkit/retry";

export interface RetryOnConflictOptions {
  /** How often `update` is called at most. @default 5 */
  readonly attempts?: number;
  /** @default 10 ms, five times as long each time up to 1 s, a tenth more at random: client-go's DefaultBackoff */
  readonly backoff?: Backoff;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Calls `update`, again while it rejects with a Conflict: someone else changed the object in between. `update` must read
 * the object itself, each time, and change what it read. The last Conflict is what it rejects with; any other error at once.
 *
 * Server-side apply needs none of this. Source: client-go `util/retry.RetryOnConflict`.
 */
export async function retryOnConflict<R>(update: () => Promise<R>, options: RetryOnConflictOptions = {}): Promise<R> {
  checkOptions("retryOnConflict", { update }, { update: required(aFunction) });
  checkOptions("retryOnConflict", options, { attempts: aNumber({ atLeast: 1, whole: true }), backoff: aFunction });
  const { attempts = 5, backoff = exponentialBackoff({ baseMs: 10, factor: 5, maxMs: 1_000, jitter: 0.1 }), signal, clock } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await update();
    } catch (error) {
      if (!isConflict(error) || attempt >= attempts) throw error;
      await sleep(backoff(attempt - 1), { signal, clock });
    }
  }
}
