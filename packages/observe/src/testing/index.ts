/** Test doubles for `observe`. */
export { ManualClock } from "./manual-clock.ts";
