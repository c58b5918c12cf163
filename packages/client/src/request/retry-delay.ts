import type { Backoff } from "@operatorkit/retry";

/** How an attempt ended that may be worth repeating. */
export type AttemptOutcome =
  | { readonly type: "answered"; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly type: "broken"; readonly wasSent: boolean; readonly isPermanent: boolean };

export interface RetryQuestion {
  readonly method: string;
  /** How many times this request was sent again already. */
  readonly retries: number;
  readonly outcome: AttemptOutcome;
  readonly backoff: Backoff;
}

/** A server that asks for patience is given it this often, as client-go does. */
const MAX_ASKED_RETRIES = 10;
/** Faults are tried again this often; whoever called has a longer breath and knows better. */
const MAX_FAULT_RETRIES = 3;

/**
 * How long to wait before the same request is sent again; undefined when it must not be.
 *
 * A 429 was not processed, and a 5xx with `Retry-After` asks for it: both are repeated, whatever the method. So is a request
 * that surely never reached the server. What may have been processed (a broken connection, a 5xx without the header) is
 * repeated for GET only: a second POST, PUT or DELETE could answer another question than the first.
 * Source: client-go `rest/with_retry.go`, which does not repeat a GET after a 5xx.
 */
export function retryDelayMs({ method, retries, outcome, backoff }: RetryQuestion): number | undefined {
  const isRead = method === "GET" || method === "HEAD";
  if (outcome.type === "broken") {
    if (outcome.isPermanent || retries >= MAX_FAULT_RETRIES) return undefined;
    return isRead || !outcome.wasSent ? backoff(retries) : undefined;
  }
  const { status, retryAfterMs } = outcome;
  if (status === 429 || (status >= 500 && retryAfterMs !== undefined)) {
    return retries < MAX_ASKED_RETRIES ? Math.max(retryAfterMs ?? 0, backoff(retries)) : undefined;
  }
  const isPassing = status === 500 || status === 502 || status === 503 || status === 504;
  return isRead && isPassing && retries < MAX_FAULT_RETRIES ? backoff(retries) : undefined;
}
