/** Test doubles for `observe`. */
export { ManualClock } from "./manual-clock.ts";
export { RecordingTracer } from "./recording-tracer.ts";
export type { RecordedSpan } from "./recording-tracer.ts";
