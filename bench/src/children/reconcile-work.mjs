// Measured, so plain JavaScript. The same work as ../../go/reconcile.go: a controller that writes one status per object.
// Usage: node reconcile-work.mjs update|apply <objects> <concurrency>, with the server in SERVER, CA_FILE and TOKEN.
import { readFileSync } from "node:fs";
import { connect } from "@operatorkit/client";
import { Controller, generationChanged } from "@operatorkit/controller";
import { defineKind, jsonSchema, mutableCopy } from "@operatorkit/object";
import { PrometheusMetrics } from "@operatorkit/operator";

const [write = "", objectCount = "", concurrency = ""] = process.argv.slice(2);
const { SERVER: server, CA_FILE: caFile, TOKEN: token } = process.env;
const objects = Number(objectCount);
const schema = (...fields) => jsonSchema({ type: "object", properties: Object.fromEntries(fields) });
const Gadget = defineKind({
  group: "bench.operatorkit.dev",
  version: "v1",
  kind: "Gadget",
  spec: schema(["replicas", { type: "integer" }], ["image", { type: "string" }]),
  status: schema(["observedGeneration", { type: "integer" }], ["ready", { type: "integer" }]),
  conditions: false,
});

const counts = { turns: 0, writes: 0, conflicts: 0, otherErrors: 0 };
const written = Promise.withResolvers();
let start;
let endMs = 0;
const noteTurn = () => {
  counts.turns += 1;
  start ??= { ms: performance.now(), cpu: process.cpuUsage() };
};
const isDone = ({ metadata, status }) => status?.observedGeneration === metadata.generation;
const statusOf = ({ metadata, spec }) => ({ observedGeneration: metadata.generation, ready: spec.replicas });

const ways = {
  /** The status is returned, and the controller applies it. */
  apply: ({ object }) => {
    noteTurn();
    return isDone(object) ? undefined : { status: statusOf(object) };
  },
  /** The whole object is sent, with the version that was read. */
  update: async ({ object, api }) => {
    noteTurn();
    if (isDone(object)) return;
    const wanted = mutableCopy(object);
    wanted.status = statusOf(object);
    await api.update(wanted, { subresource: "status" });
  },
};

// Metrics are kept, as in controller-runtime, which cannot do without; and they tell of each write that was answered.
const prometheus = new PrometheusMetrics();
const metrics = {
  counter(options) {
    const counter = prometheus.counter(options);
    if (options.name !== "rest_client_requests_total") return counter;
    return {
      add(value, labels) {
        counter.add(value, labels);
        if (labels.method !== "GET") noteWrite(labels.code);
      },
      remove: (labels) => counter.remove(labels),
    };
  },
  gauge: (options) => prometheus.gauge(options),
  histogram: (options) => prometheus.histogram(options),
};
function noteWrite(code) {
  if (code === "409") counts.conflicts += 1;
  else if (code !== "200") counts.otherErrors += 1;
  else if ((counts.writes += 1) === objects) {
    endMs = performance.now();
    written.resolve();
  }
}

const controller = new Controller({
  name: "bench",
  for: Gadget,
  predicates: [generationChanged],
  concurrency: Number(concurrency),
  reconcile: ways[write],
});
const client = await connect({ server, caPem: readFileSync(caFile, "utf8"), token, metrics });
const stop = new AbortController();
const startedMs = performance.now();
const running = controller.run({ client, metrics, signal: stop.signal });
await Promise.race([written.promise, running]);
// For what still comes of it.
await new Promise((resolve) => setTimeout(resolve, 1000));
const { user, system } = process.cpuUsage(start.cpu);
stop.abort();
await running;
await client[Symbol.asyncDispose]();
console.log(
  JSON.stringify({
    syncMs: start.ms - startedMs,
    reconcilesPerS: (objects / (endMs - start.ms)) * 1000,
    cpuUsPerReconcile: (user + system) / objects,
    ...counts,
    peakMb: Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024,
  }),
);
