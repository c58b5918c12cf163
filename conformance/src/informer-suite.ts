import { connect } from "@operatorkit/client";
import { CaseContext } from "./api-case.ts";
import { informerCases } from "./informer-cases.ts";
import type { Suite } from "./suite.ts";

/** What the layers over our informer promise, on a server and over its network. Its recovery is the fault suites'. */
export const informerSuite: Suite = {
  name: "informers",
  async run(target, report, { signal, isWanted }) {
    const wanted = informerCases.filter(({ name }) => isWanted(name));
    if (wanted.length === 0) return;
    await using client = await connect({ kubeconfig: target.kubeconfigPath, signal });
    for (const one of wanted) {
      const started = performance.now();
      const api = new CaseContext(target);
      const stop = new AbortController();
      try {
        await one.run({ api, client, stop, signal: AbortSignal.any([signal, stop.signal, AbortSignal.timeout(CASE_LIMIT_MS)]) });
        report.passed(one.name, performance.now() - started);
      } catch (error) {
        report.failed(one.name, error, performance.now() - started);
      } finally {
        stop.abort();
        await api.close();
      }
    }
  },
};

const CASE_LIMIT_MS = 30_000;
