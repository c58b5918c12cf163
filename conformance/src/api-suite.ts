import { CaseContext, type ApiCase } from "./api-case.ts";
import { apiCases } from "./api-cases.ts";
import type { Report, Suite } from "./suite.ts";
import type { Target } from "./target.ts";

/** Cases that run at the same time; each has its own namespace and kinds. */
const PARALLEL = 8;

/** The facts about the API, each over plain HTTP. */
export const apiSuite: Suite = {
  name: "api",
  async run(target, report, { signal, isWanted }) {
    const queue = apiCases.filter((one) => isWanted(one.name)).values();
    const worker = async (): Promise<void> => {
      for (const one of queue) {
        signal.throwIfAborted();
        await runCase(one, target, report);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  },
};

async function runCase(one: ApiCase, target: Target, report: Report): Promise<void> {
  const started = performance.now();
  const api = new CaseContext(target);
  try {
    await one.run(api);
    report.passed(one.name, performance.now() - started);
  } catch (error) {
    report.failed(one.name, error, performance.now() - started);
  } finally {
    await api.close();
  }
}
