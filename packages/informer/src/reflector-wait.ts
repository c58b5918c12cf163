import { exponentialBackoff } from "@operatorkit/retry";

/** The first wait. Source: client-go `reflector.go`. */
export const BACKOFF_FIRST_MS = 800;
/** No wait is longer, unless the server asks for it. */
export const BACKOFF_LAST_MS = 30_000;
/** `Retry-After` is obeyed up to this. */
export const RETRY_AFTER_LAST_MS = 300_000;

export interface ReflectorWaitOptions {
  /** How many waits there were before this one. */
  readonly failures: number;
  /** How long the request or stream lasted that failed: it counts towards the wait. */
  readonly afterMs: number;
  /** What the server asked for, which goes first. */
  readonly retryAfterMs?: number | undefined;
}

/** How long to wait before the next try: any time between the two, drawn by whoever waits. */
export function reflectorWait({ failures, afterMs, retryAfterMs }: ReflectorWaitOptions): { atLeastMs: number; atMostMs: number } {
  if (retryAfterMs !== undefined) {
    const askedMs = Math.min(Math.max(retryAfterMs, BACKOFF_FIRST_MS), RETRY_AFTER_LAST_MS);
    return { atLeastMs: askedMs, atMostMs: askedMs * 1.25 };
  }
  const atLeastMs = Math.max(BACKOFF_FIRST_MS, backoff(failures) - afterMs);
  return { atLeastMs, atMostMs: atLeastMs * JITTER };
}

/** The jitter comes on top, and the longest wait includes it. */
const JITTER = 1.5;
const backoff = exponentialBackoff({ baseMs: BACKOFF_FIRST_MS, maxMs: BACKOFF_LAST_MS / JITTER });
