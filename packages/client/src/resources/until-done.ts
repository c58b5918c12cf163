import { isApiError, isConflict, type ApiErrorCode } from "@operatorkit/api";
import { sleep, type Clock } from "@operatorkit/observe";
import { CustomResourceError } from "./custom-resource-error.ts";

export interface UntilDoneOptions {
  /** What is being done to which CRD, for the error: `install CustomResourceDefinition a.example.com`. */
  readonly action: string;
  readonly crd: string;
  /** When to give up, on the clock's monotonic time; Infinity for never. */
  readonly dueMs: number;
  /** How long that was, for the error. */
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** The first wait, doubled from look to look up to `intervalMs`. @default intervalMs */
  readonly firstWaitMs?: number;
  /** Which failures may pass. @default those of a server that is away for a moment, and conflicts */
  readonly isPassing?: (error: unknown) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

/** Nothing failed, and there is something to wait for. */
export class NotYet extends Error {}

/** The server may be back in a moment. Anything else is an answer. */
const PASSING: ReadonlySet<ApiErrorCode> = new Set<ApiErrorCode>([
  "ConnectionFailed",
  "DeadlineExceeded",
  "InternalError",
  "ServerTimeout",
  "ServiceUnavailable",
  "Timeout",
  "TooManyRequests",
]);

/** Calls `attempt` until it neither throws `NotYet` nor what may pass. Rejects with a `CustomResourceError` of code Timeout, or the signal's reason. */
export async function untilDone<R>(attempt: () => Promise<R>, options: UntilDoneOptions): Promise<R> {
  const { action, crd, dueMs, timeoutMs, intervalMs, firstWaitMs = intervalMs, isPassing = mayPass, signal, clock } = options;
  for (let look = 0; ; look += 1) {
    let cause: unknown;
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!(error instanceof NotYet) && !isPassing(error)) throw error;
      cause = error;
    }
    const waitMs = Math.min(intervalMs, firstWaitMs * 2 ** look);
    if (clock.monotonicMs() + waitMs > dueMs) {
      const isNotYet = cause instanceof NotYet;
      const message = cause instanceof Error ? cause.message : String(cause);
      const last = isNotYet ? message : `the server to answer (${message})`;
      throw new CustomResourceError(`${action}: not done within ${timeoutMs / 1000} s; last waited for ${last}`, {
        code: "Timeout",
        crd,
        cause: isNotYet ? undefined : cause,
      });
    }
    await sleep(waitMs, { signal, clock });
  }
}

function mayPass(error: unknown): boolean {
  return isApiError(error) && (PASSING.has(error.code) || isConflict(error));
}
