import { CaseContext } from "./api-case.ts";
import { KubectlContext, type KubectlCheck } from "./kubectl-check.ts";
import { kubectlChecks } from "./kubectl-checks.ts";
import type { Report, Suite } from "./suite.ts";
import type { Target } from "./target.ts";

/** kubectl takes a core for itself, so few at a time. */
const PARALLEL = 3;

/** A real kubectl against the server: what it sends and what it makes of the answers. */
export const kubectlSuite: Suite = {
  name: "kubectl",
  async run(target, report, { signal, isWanted }) {
    const wanted = kubectlChecks.filter((check) => isWanted(check.name));
    if (target.kubectl === undefined) {
      if (wanted.length > 0) report.skipped("kubectl", "there is no kubectl: it comes with the real kube-apiserver");
      return;
    }
    const queue = wanted.values();
    const worker = async (): Promise<void> => {
      for (const check of queue) {
        signal.throwIfAborted();
        await runCheck(check, target, report);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  },
};

async function runCheck(check: KubectlCheck, target: Target, report: Report): Promise<void> {
  if (target.kubectl === undefined) return;
  const started = performance.now();
  const api = new CaseContext(target);
  try {
    await check.run(new KubectlContext({ kubectl: target.kubectl.fresh(api.id), api }));
    report.passed(check.name, performance.now() - started);
  } catch (error) {
    report.failed(check.name, error, performance.now() - started);
  } finally {
    await api.close();
  }
}
