import { aNumber, type Rule } from "@operatorkit/observe/options";

/** What would look again without a pause is refused, and what would give up at once. */
export const WAIT_RULES: Readonly<Record<"intervalMs" | "timeoutMs", Rule>> = {
  intervalMs: aNumber({ above: 0, finite: true }),
  timeoutMs: aNumber({ above: 0 }),
};
