import type { Suite } from "./suite.ts";
import { cutChecks } from "./wire/cut-everywhere.ts";

/** In the ordinary run, where seconds count; no divisor of the pieces' sizes. */
const QUICK_STRIDE = 11;

/** Bytes that come in pieces, or break off, at every position there is: nothing is lost, nothing made up, and no end believed that is none. */
export const wireSuite: Suite = {
  name: "wire",
  async run(target, report, { isWanted, isFull }) {
    // It brings servers of its own.
    if (target.name !== "ours") return;
    for (const { name, run } of cutChecks) {
      if (!isWanted(name)) continue;
      const started = performance.now();
      try {
        const positions = await run(isFull ? 1 : QUICK_STRIDE);
        report.passed(name, performance.now() - started);
        report.measured(name, `${positions} positions`);
      } catch (error) {
        report.failed(name, error, performance.now() - started);
      }
    }
  },
};
