import { podOperator } from "@operatorkit/pod-operator/pod-operator";
import { jinghzhuController } from "@operatorkit/replicaset-operator/jinghzhu-controller";
import { Operator, type Runnable } from "operatorkit";
import type { Subject } from "../subject.ts";
import { jinghzhuSubject } from "./jinghzhu-subject.ts";

/** The pod operator, beside the ReplicaSet operator as in its embedded cluster: two that watch the same pods in one process. */
export const podSubject: Subject = {
  ...jinghzhuSubject,
  name: "pod-operator",
  view: podsTold,
  async start({ client, namespace, signal, clock, logger, print }) {
    const pods: Runnable = {
      name: "pod-operator",
      run: (given) => podOperator({ client, signal: given.signal, clock, logger, print, namespace }),
    };
    await new Operator({ client, clock, logger, runnables: [pods, jinghzhuController()], handleSignals: false }).run({ signal });
  },
};

/** How many pods people know of, and what was told against itself. */
function podsTold(lines: readonly string[]): unknown {
  const known = new Set<string>();
  const nonsense: string[] = [];
  for (const line of lines) {
    const [, event = "", name = ""] = /Find a Pod (add|update|delete) event\.\n\tName: (\S+)/.exec(line) ?? [];
    if (event === "") continue;
    if ((event === "add") === known.has(name)) nonsense.push(`${event} ${name}`);
    if (event === "delete") known.delete(name);
    else known.add(name);
  }
  return { known: known.size, nonsense };
}
