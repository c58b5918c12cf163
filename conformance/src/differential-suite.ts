import assert from "node:assert/strict";
import { runScenario } from "./differential/scenario.ts";
import { firstDifference, type Exchange } from "./differential/transcript.ts";
import type { Report, Suite } from "./suite.ts";
import type { Target } from "./target.ts";

/** Seeds whose answers are the same on both servers. `SEEDS=100-400` tries others; what they find is fixed, and the seed added. */
const SEEDS = seedsFrom(process.env["SEEDS"] ?? "7001-7063,7065-7075");
const PARALLEL = 4;

/** What the real server answered in this run, by seed. */
const realAnswers = new Map<number, readonly Exchange[]>();

/** The same random requests to both servers: the real one's answers are what ours are compared with. */
export const differentialSuite: Suite = {
  name: "differential",
  async run(target, report, { signal, isWanted }) {
    const wanted = SEEDS.filter((seed) => isWanted(checkName(seed)));
    if (target.name === "ours" && realAnswers.size === 0) {
      if (wanted.length > 0) report.skipped("random requests", "there are no answers of the real server to compare with");
      return;
    }
    const queue = wanted.values();
    const worker = async (): Promise<void> => {
      for (const seed of queue) {
        signal.throwIfAborted();
        await runSeed(seed, target, report);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  },
};

function checkName(seed: number): string {
  return `random requests with seed ${seed}`;
}

async function runSeed(seed: number, target: Target, report: Report): Promise<void> {
  const started = performance.now();
  try {
    const answers = await runScenario(target.http, seed);
    if (target.name === "real") realAnswers.set(seed, answers);
    else compare(realAnswers.get(seed) ?? [], answers);
    report.passed(checkName(seed), performance.now() - started);
  } catch (error) {
    report.failed(checkName(seed), error, performance.now() - started);
  }
}

/** Fails at the first answer that differs, with the request before it, since a write's mistake often shows later. */
function compare(real: readonly Exchange[], ours: readonly Exchange[]): void {
  for (const [index, answer] of real.entries()) {
    const difference = firstDifference({ ...answer, request: "" }, { ...ours[index], request: "" });
    assert.ok(difference === undefined, `${answer.request}\n${difference ?? ""}`);
  }
  assert.equal(ours.length, real.length);
}

/** `1-3,7` to 1, 2, 3 and 7. */
function seedsFrom(text: string): number[] {
  return text.split(",").flatMap((range) => {
    const [from = 1, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
