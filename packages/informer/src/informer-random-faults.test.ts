import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownPlans } from "./testing/known-plans.ts";
import { plans, plansGoingBack, play, settings } from "./testing/random-plan.ts";

/** Enough for every change; `pnpm conformance:full` does 10,000. */
const RUNS = Number(process.env["INFORMER_FUZZ_RUNS"] ?? 150);
/** What a failed run printed, to do the same again. */
const SEED = process.env["INFORMER_FUZZ_SEED"];

async function explore(of: typeof plans, mayGoBack: boolean): Promise<string> {
  const property = fc.asyncProperty(of, settings, async (plan, config) => (await play(plan, config, mayGoBack)).length === 0);
  const { failed, seed, counterexample } = await fc.check(property, { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) });
  if (!failed || counterexample === null) return "survived";
  // Shrunk; as an element of `knownPlans`, where it stays once it is understood.
  const [plan, config] = counterexample;
  const problems = await play(plan, config, mayGoBack);
  return `${problems.join("; ")}\nseed ${seed}; for known-plans.ts:\n${JSON.stringify({ why: "", mayGoBack, plan, config })}`;
}

describe("under random faults", () => {
  it("the copy and the handler agree with the server afterwards, nothing is told twice or backwards, and nothing spins", async () => {
    expect(await explore(plans, false)).toBe("survived");
  }, 900_000);

  it("the copy comes back to the truth even when the server went back to an older state", async () => {
    expect(await explore(plansGoingBack, true)).toBe("survived");
  }, 900_000);

  it.each(knownPlans)("so it does in what was found before: $why", async ({ plan, config, mayGoBack }) => {
    expect(await play(plan, config, mayGoBack)).toEqual([]);
  });
});
