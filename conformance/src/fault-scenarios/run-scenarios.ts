import { type ScenarioResult, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Subject } from "./subject.ts";

export interface RunScenariosOptions {
  readonly subject: Subject;
  readonly scenarios: readonly Scenario[];
  readonly signal: AbortSignal;
  readonly onResult?: (result: ScenarioResult) => void;
}

/** Takes one subject through many scenarios, some at a time; results in the order of the scenarios. */
export async function runScenarios({ subject, scenarios, signal, onResult }: RunScenariosOptions): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < scenarios.length && !signal.aborted) {
      const index = next;
      next += 1;
      const result = await runScenario(subject, scenarios[index] as Scenario, signal);
      results[index] = result;
      onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: subject.parallel }, lane));
  return results;
}
