// An operator as a process of its own, for what happens to processes: an informer, and a controller whose objects come back by a timer.
import { connect } from "@operatorkit/client";
import { Controller } from "@operatorkit/controller";
import { KubernetesBasedInformer } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import { ConfigMap } from "@operatorkit/object/kinds";
import { systemClock } from "@operatorkit/observe";
import type { Seen } from "../fault-scenarios/subject.ts";
import { type FromOperator, type OperatorSettings, REQUEUE_MS, type ToOperator } from "./messages.ts";

const { url, caPem, token, namespace, isImpatient } = JSON.parse(process.argv[2] ?? "") as OperatorSettings;
const stop = new AbortController();
let requests = 0;
const turns: Record<string, number[]> = {};
const lateMs: number[] = [];

const client = await connect({
  server: url,
  ...(caPem !== undefined && { caPem }),
  token,
  ...(isImpatient && { connectTimeoutMs: 1_000, pingIntervalMs: 500, pingTimeoutMs: 500, requestTimeoutMs: 5_000 }),
  middleware: [
    (request, send) => {
      requests += 1;
      return send(request);
    },
  ],
});
const informer = new KubernetesBasedInformer<ConfigMap>({
  kind: ConfigMap,
  client,
  namespace,
  ...(isImpatient && { silence: { openMs: 1_500, listMs: 1_500, watchMs: 2_500, fillMs: 1_500 } }),
  onError: () => {},
});
informer.addEventHandler({
  add: (object) => tell({ type: "added", object: seen(object) }),
  update: (_old, object) => tell({ type: "updated", object: seen(object) }),
  delete: (object) => tell({ type: "deleted", object: seen(object) }),
});
const controller = new Controller<ConfigMap>({
  name: "turns",
  for: ConfigMap,
  namespace,
  async reconcile({ object }) {
    (turns[object.metadata.name ?? ""] ??= []).push(performance.now());
    return { requeueAfterMs: REQUEUE_MS };
  },
});

process.on("message", (message: ToOperator) => {
  switch (message.type) {
    case "block":
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.ms);
      return;
    case "set timers":
      for (const ms of message.dueMs) {
        const dueMs = performance.now() + ms;
        systemClock.setTimer(ms, () => void lateMs.push(performance.now() - dueMs));
      }
      return;
    case "look": {
      const cache = informer.lister.list().map(seen);
      tell({ type: "looked", look: { cache, requests, turns, lateMs } });
    }
  }
});
// Whoever started it is gone.
process.once("disconnect", () => stop.abort());

const running = Promise.all([informer.run({ signal: stop.signal }), controller.run({ client, signal: stop.signal })]);
await informer.synced({ signal: stop.signal });
tell({ type: "synced" });
await running;
await client.close();

function tell(message: FromOperator): void {
  if (process.connected) process.send?.(message);
}

function seen({ metadata }: KubernetesObject): Seen {
  return { uid: metadata.uid ?? "", version: metadata.resourceVersion ?? "", name: metadata.name ?? "" };
}
