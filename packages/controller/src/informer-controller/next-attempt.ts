import type { RetryPolicy } from "@operatorkit/retry";
import type { HandlerOutcome } from "./handler-registration.ts";
import type { RetryResult } from "./informer-controller-metrics.ts";

/**
 * When a handler is called again with the same event, and the how-manieth attempt that is; `undefined` for not at all.
 *
 * | outcome | the policy | next |
 * |---|---|---|
 * | asks to be called again, failed or not | is not asked | then, and it counts as the same attempt: it is no retry |
 * | a success | is not asked | none |
 * | a failure | retry | after the policy's delay, one attempt more |
 * | a failure | no retry | none |
 */
export function nextAttempt(
  attempt: number,
  { failure, requeueAfterMs }: HandlerOutcome,
  policy: RetryPolicy,
): { readonly delayMs: number; readonly attempt: number } | undefined {
  if (requeueAfterMs !== undefined) return { delayMs: requeueAfterMs, attempt };
  if (failure === undefined) return undefined;
  const { retry, delayMs } = policy(failure.error, attempt);
  return retry ? { delayMs, attempt: attempt + 1 } : undefined;
}

/** What an attempt came to, in metrics and spans. @param retryInMs when it is called again; `undefined` when not */
export function resultOf({ failure, requeueAfterMs }: HandlerOutcome, retryInMs: number | undefined): RetryResult {
  if (requeueAfterMs !== undefined && retryInMs !== undefined) return "requeue";
  if (failure === undefined) return "success";
  return retryInMs === undefined ? "failed" : "retry";
}
