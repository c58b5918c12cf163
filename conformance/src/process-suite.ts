import { type ProcessCase, processCases } from "./processes/process-cases.ts";
import type { Suite } from "./suite.ts";

/** Processes that stand still and go on: the operator's and the server's. The slow ones with `--full`. */
export const processSuite: Suite = {
  name: "processes",
  async run(target, report, { signal, isWanted, isFull }) {
    const wanted = processCases.filter(({ name, isSlow }) => (isFull || !isSlow) && isWanted(name));
    const run = async ({ name, run: runCase }: ProcessCase): Promise<void> => {
      const started = performance.now();
      try {
        await runCase(target, signal);
        report.passed(name, performance.now() - started);
      } catch (error) {
        report.failed(name, error, performance.now() - started);
      }
    };
    // Where the target is no process of its own, none of them disturbs the others.
    const isShared = target.serverPid !== undefined;
    await Promise.all(wanted.filter(({ isAlone }) => !isShared || !isAlone).map(run));
    for (const one of wanted) if (isShared && one.isAlone) await run(one);
  },
};
