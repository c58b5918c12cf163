import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seeded } from "./testing/lab.ts";
import { play, plans, settings, type Settings, type Step } from "./testing/random-plan.ts";
import { StreamWitness } from "./testing/stream-witness.ts";

const RUNS = Number(process.env["INFORMER_FUZZ_RUNS"] ?? 60);

interface Pace {
  readonly slowestMs: number;
  readonly resyncPeriodMs: number;
  readonly rateWaitMs: number;
}

const paces: fc.Arbitrary<Pace> = fc.record({
  slowestMs: fc.constantFrom(0, 100, 5_000),
  resyncPeriodMs: fc.constantFrom(30_000, 300_000),
  rateWaitMs: fc.constantFrom(0, 500),
});

function played(plan: readonly Step[], config: Settings, { slowestMs, ...pace }: Pace): Promise<string[]> {
  const random = seeded(config.seed);
  return play(plan, config, false, (lab) => new StreamWitness({ lab, ...pace, paceMs: () => Math.floor(random() * slowestMs) }));
}

describe("under random faults, with readers of any pace,", () => {
  it("what the streams tell adds up to what is there, and nothing but replays is told twice", async () => {
    await fc.assert(
      fc.asyncProperty(plans, settings, paces, async (plan, config, pace) => {
        expect(await played(plan, config, pace)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  }, 900_000);
});
