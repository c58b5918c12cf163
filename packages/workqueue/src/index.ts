/** Which key is next: each at most once, never two at the same time, with delays, rates and priorities. */
export { KeyedLanes } from "./keyed-lanes.ts";
export type { KeyedLanesOptions } from "./keyed-lanes.ts";
export { defaultRateLimiter, maxOf, perKeyBackoff, tokenBucket } from "./rate-limiter.ts";
export type { PerKeyBackoffOptions, RateLimiter, TokenBucketOptions } from "./rate-limiter.ts";
export { runWorkers } from "./run-workers.ts";
export type { WorkersOptions } from "./run-workers.ts";
export { WorkQueue } from "./work-queue.ts";
export type { AddOptions, RetryOptions, WorkQueueOptions } from "./work-queue.ts";
