import type { App } from "@operatorkit/app-kit";
import { replicaSetApp } from "@operatorkit/replicaset-operator/app";
import { jinghzhuController } from "@operatorkit/replicaset-operator/jinghzhu-controller";
import { Operator, type Runnable } from "operatorkit";
import { podOperator } from "./pod-operator.ts";
import { podSettings } from "./pod-settings.ts";

export const podApp: App = {
  name: "pod-operator",
  command: "pnpm --filter @operatorkit/pod-operator start",
  summary: "tells what happens to the pods of one namespace (PO_NAMESPACE, default worker)",
  kinds: replicaSetApp.kinds,
  samples: replicaSetApp.samples,
  kubeconfigVariable: "PO_KUBECONFIG",
  hints: replicaSetApp.hints ?? [],

  async run({ client, signal, print, logger, isEmbedded, kubeconfig }) {
    const settings = podSettings(process.env);
    print("Init Pod Operator...");
    print(`Ready to new an Operator object for kubeconfig ${kubeconfig} and namespace ${settings.namespace}`);
    const pods: Runnable = {
      name: "pod-operator",
      run: (options) => podOperator({ client, signal: options.signal, print, logger, ...settings }),
    };
    print("Ready to start Pod Operator...");
    // Nothing else makes pods in the embedded cluster: the ReplicaSet operator runs beside.
    const runnables = isEmbedded ? [pods, jinghzhuController()] : [pods];
    print("Pod Operator is running...");
    await new Operator({ client, logger, runnables, handleSignals: false }).run({ signal });
  },
};
