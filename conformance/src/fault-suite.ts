import { ourSubject } from "./fault-scenarios/our-subject.ts";
import { randomScenario } from "./fault-scenarios/random-scenario.ts";
import { runScenarios } from "./fault-scenarios/run-scenarios.ts";
import { scenarios } from "./fault-scenarios/scenarios.ts";
import type { Suite } from "./suite.ts";

/** `FAULT_SEEDS=60` tries that many; what one finds is fixed. */
const SEEDS = Array.from({ length: Number(process.env["FAULT_SEEDS"] ?? 24) }, (_, index) => index + 1);

/**
 * Our informer through what a bad network and a bad server do, on servers of its own. The quick set always; all of it with `--full`, as
 * `pnpm conformance:full` runs it.
 */
export const faultSuite: Suite = {
  name: "faults",
  async run(target, report, { signal, isWanted, isFull }) {
    // The real server has no faults to order.
    if (target.name !== "ours") return;
    const all = [...scenarios, ...SEEDS.map(randomScenario)];
    const wanted = all.filter((scenario) => (isFull || scenario.isQuick === true) && isWanted(`${scenario.id} ${scenario.name}`));
    await runScenarios({
      subject: ourSubject,
      scenarios: wanted,
      signal,
      onResult: ({ id, name, problems, isReached, durationMs }) => {
        if (!isReached && !name.includes("seed")) report.failed(`${id} ${name}`, new Error("the fault never happened"), durationMs);
        else if (problems.length === 0) report.passed(`${id} ${name}`, durationMs);
        else report.failed(`${id} ${name}`, new Error(problems.join("\n")), durationMs);
      },
    });
  },
};
