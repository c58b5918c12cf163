/** When to try again, and what is waiting to be tried. */
export { constantBackoff, exponentialBackoff } from "./backoff.ts";
export type { Backoff, ExponentialBackoffOptions } from "./backoff.ts";
export { DelayHeap } from "./delay-heap.ts";
export type { DelayHeapOptions } from "./delay-heap.ts";
export { isPermanent, PermanentError } from "./permanent-error.ts";
export { poll } from "./poll.ts";
export type { PollOptions } from "./poll.ts";
export { retry } from "./retry.ts";
export type { RetryCall, RetryOptions } from "./retry.ts";
export { dropAllRetries, opinionatedRetryDequeuePolicy } from "./retry-dequeue-policy.ts";
export type { PendingRetry, RetryDequeuePolicy, RetryEvent } from "./retry-dequeue-policy.ts";
export { RetryQueue } from "./retry-queue.ts";
export type { Requeue, Retry, RetryQueueOptions } from "./retry-queue.ts";
export { backoffRetryPolicy, defaultRetryPolicy, exponentialBackoffRetryPolicy, noRetryPolicy } from "./retry-policy.ts";
export type { BackoffRetryPolicyOptions, RetryDecision, RetryPolicy } from "./retry-policy.ts";
export { TriesError } from "./tries-error.ts";
export { TimeoutError, withTimeout } from "./with-timeout.ts";
export type { TimeoutOptions } from "./with-timeout.ts";
