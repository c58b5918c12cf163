import { connect } from "@operatorkit/client";
import { CaseContext } from "./api-case.ts";
import { type InformerCase, informerCases } from "./informer-cases.ts";
import { kindCases } from "./kind-cases.ts";
import type { Suite } from "./suite.ts";

/** What the layers over our informer promise, on a server and over its network. Its recovery is the fault suites'. */
export const informerSuite: Suite = {
  name: "informers",
  async run(target, report, { signal, isWanted }) {
    const wanted = (cases: readonly InformerCase[]): readonly InformerCase[] => cases.filter(({ name }) => isWanted(name));
    const [inTurn, together] = [wanted(informerCases), wanted(kindCases)];
    if (inTurn.length + together.length === 0) return;
    await using client = await connect({ kubeconfig: target.kubeconfigPath, signal });
    const run = async ({ name, run: runCase }: InformerCase): Promise<void> => {
      const started = performance.now();
      const api = new CaseContext(target);
      const stop = new AbortController();
      try {
        await runCase({ api, client, stop, signal: AbortSignal.any([signal, stop.signal, AbortSignal.timeout(CASE_LIMIT_MS)]) });
        report.passed(name, performance.now() - started);
      } catch (error) {
        report.failed(name, error, performance.now() - started);
      } finally {
        stop.abort();
        await api.close();
      }
    };
    for (const each of inTurn) await run(each);
    // These mostly wait for the server to take a kind up or down.
    await Promise.all(together.map(run));
  },
};

const CASE_LIMIT_MS = 30_000;
