import { connect } from "@operatorkit/client";
import { ClientContext, type ClientCase } from "./client-case.ts";
import { metadataCases } from "./client-cases/metadata.ts";
import { podCases } from "./client-cases/pods.ts";
import { refusingCases } from "./client-cases/refusing.ts";
import { registeringCases } from "./client-cases/registering.ts";
import { writingCases } from "./client-cases/writing.ts";
import type { Suite } from "./suite.ts";

const cases: readonly ClientCase[] = [...writingCases, ...metadataCases, ...podCases, ...registeringCases, ...refusingCases];

/** Cases that run at the same time; each has its own namespace and kinds. */
const PARALLEL = 4;

/** What our client's verbs do, over the network, as an administrator and as somebody without rights. */
export const clientSuite: Suite = {
  name: "client verbs",
  async run(target, report, { signal, isWanted }) {
    const wanted = cases.filter((one) => isWanted(one.name));
    if (wanted.length === 0) return;
    await using client = await connect({ kubeconfig: target.kubeconfigPath, signal });
    const queue = wanted.values();
    const worker = async (): Promise<void> => {
      for (const one of queue) {
        signal.throwIfAborted();
        const started = performance.now();
        const context = new ClientContext(target, client, signal);
        try {
          await one.run(context);
          report.passed(one.name, performance.now() - started);
        } catch (error) {
          report.failed(one.name, error, performance.now() - started);
        } finally {
          await context.close();
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  },
};
