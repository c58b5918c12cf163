import type { App, AppContext } from "@operatorkit/app-kit";
import { Informer, Operator, systemClock, type Clock } from "operatorkit";
import { Jinghzhu, jinghzhuText } from "./jinghzhu.ts";
import { jinghzhuController } from "./jinghzhu-controller.ts";

export interface ReplicaSetOptions extends Pick<AppContext, "client" | "signal" | "print" | "logger"> {
  /** @default real time */
  readonly clock?: Clock | undefined;
}

/** Runs the controller, and prints each Jinghzhu as it comes, changes and goes. */
export async function replicaSet({ client, signal, print, logger, clock = systemClock }: ReplicaSetOptions): Promise<void> {
  const tell = (what: string) => (object: Jinghzhu) => print(`\nFind a Jinghzhu ${what} event.\n${jinghzhuText(object)}`);
  const informer = new Informer({ listWatch: client.listWatch(Jinghzhu), name: "jinghzhu-printer", logger, clock });
  informer.addEventHandler({ add: tell("add"), update: (_, object) => tell("update")(object), delete: tell("delete") });
  const runnables = [jinghzhuController({ print }), informer];
  await new Operator({ client, logger, clock, runnables, handleSignals: false }).run({ signal });
}

export const replicaSetApp: App = {
  name: "replicaset-operator",
  command: "pnpm --filter @operatorkit/replicaset-operator start",
  summary: "keeps the desired number of pods alive for every Jinghzhu",
  kinds: [Jinghzhu],
  samples: new URL("../samples/jinghzhu.yaml", import.meta.url),
  kubeconfigVariable: "CO_KUBECONFIG",
  hints: [
    "kubectl get jh,pods -n worker",
    "kubectl delete pod -n worker -l crd=jinghzhu-example",
    "kubectl scale jh/jinghzhu-example -n worker --replicas=3",
  ],
  async run(context) {
    context.print("ReplicaSet Operator is running...");
    await replicaSet(context);
  },
};
