import { sleep, type Clock, type Logger } from "@operatorkit/observe";

export interface BootOptions {
  /** How often it is tried in all. */
  readonly tries: number;
  /** Between two tries. */
  readonly waitMs: number;
  /** Comes up and lives until `signal` is aborted; calls `booted` when it has come up. */
  readonly attempt: (booted: () => void) => Promise<void>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A boot has failed as often as it may. The last failure is its `cause`. */
export class BootError extends Error {
  readonly code = "Boot" as const;

  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = "BootError";
  }
}

/**
 * Tries to come up, again after `waitMs` when that fails, and resolves when what came up has ended. A failure after it came up is
 * thrown on as it is: what ran once is not started anew behind the back of whoever runs it.
 *
 * @throws {BootError} when the last try has failed.
 */
export async function boot({ tries, waitMs, attempt, signal, clock, logger }: BootOptions): Promise<void> {
  for (let tried = 1; !signal.aborted; tried += 1) {
    let hasBooted = false;
    try {
      await attempt(() => {
        hasBooted = true;
      });
      return;
    } catch (error) {
      if (hasBooted) throw error;
      if (signal.aborted) return;
      if (tried >= tries) throw new BootError(`the controller did not come up in ${tries} tries`, { cause: error });
      logger.warn("the controller did not come up and is tried again", { error, tried, tries, retryInMs: waitMs });
      await sleep(waitMs, { signal, clock }).catch(() => {});
    }
  }
}
