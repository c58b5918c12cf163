/** When to try again, and what is waiting to be tried. */
export { constantBackoff, exponentialBackoff } from "./backoff.ts";
export type { Backoff, ExponentialBackoffOptions } from "./backoff.ts";
export { DelayHeap } from "./delay-heap.ts";
export type { DelayHeapOptions, DueItem } from "./delay-heap.ts";
