// Measured, so plain JavaScript. Usage: node --expose-gc informer-work.mjs <client> <work>, with the server in SERVER, OBJECTS and EVENTS.
//   client: operatorkit (LIST), operatorkit-watchlist, client-node, fluent-client; -unread: the handler reads no object;
//     -metadata: of the objects the metadata alone
//   work: sync (fill the copy, then settle), burst and drip (every event to a handler), queue (keys coalesced; one event in ten reads an object)
// Says {"isSynced":true} on a line when the copy is full, waits for a line, and ends with a line of measures.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readFileSync } from "node:fs";

const [client = "", work = ""] = process.argv.slice(2);
const { SERVER: server = "" } = process.env;
const objects = Number(process.env.OBJECTS);
const events = Number(process.env.EVENTS);
const isQueue = work === "queue";
const readsInitial = !client.endsWith("-unread");

let read = 0;
let added = 0;
let updated = 0;
const allAdded = Promise.withResolvers();
const allUpdated = Promise.withResolvers();
/** The queue of a controller, the same for all: each key once. */
const queue = new Set();
const onAdd = (object) => {
  if (readsInitial && object !== undefined) read += object.metadata.name.length;
  added += 1;
  if (added === objects) allAdded.resolve();
};
const onUpdate = (object) => {
  read += object.metadata.name.length;
  updated += 1;
  if (updated === events) allUpdated.resolve();
};
const onKey = (key, get) => {
  queue.add(key);
  updated += 1;
  if (updated % 10 === 0) {
    const [first] = queue;
    queue.clear();
    read += get(first).spec.replicas;
  }
  if (updated === events) allUpdated.resolve();
};

const kinds = { operatorkit, "client-node": clientNode, "fluent-client": fluentClient };
const start = await kinds[client.replace(/-(watchlist|unread|metadata)/g, "")]();

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
// Importing is not what the loop's delay is about.
await new Promise((resolve) => setTimeout(resolve, 50));
loop.reset();
const sync = stopwatch();
const running = start();
await allAdded.promise;
const synced = sync();
await new Promise((resolve) => setTimeout(resolve, 20));
const measures = { syncMs: synced.ms, syncCpuMs: synced.cpuMs, longestBlockMs: loop.max / 1e6, syncPeakMb: peakMb() };
loop.disable();
void running;

if (work === "sync") {
  await settle();
  const { heapUsed, external } = process.memoryUsage();
  Object.assign(measures, { liveHeapMb: (heapUsed + external) / 2 ** 20, settledRssMb: statusMb("VmRSS") });
} else {
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log('{"isSynced":true}');
  await new Promise((resolve) => process.stdin.once("data", resolve));
  const told = stopwatch();
  await allUpdated.promise;
  const { ms, cpuMs } = told();
  Object.assign(measures, { eventsPerSecond: (events / ms) * 1000, cpuUsPerEvent: (cpuMs * 1000) / events, peakMb: peakMb() });
}
if (read === 0 && readsInitial) throw new Error("nothing was read");
console.log(JSON.stringify(measures));
process.exit(0);

function stopwatch() {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(startCpu);
    return { ms: performance.now() - startMs, cpuMs: (user + system) / 1000 };
  };
}

function statusMb(field) {
  const match = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"));
  return Number(match[1]) / 1024;
}

function peakMb() {
  return statusMb("VmHWM");
}

async function settle() {
  for (let turn = 0; turn < 2; turn += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  globalThis.gc();
}

async function operatorkit() {
  const [{ connect }, { Informer }, { defineKind }] = await Promise.all([
    import("@operatorkit/client"),
    import("@operatorkit/informer"),
    import("@operatorkit/object"),
  ]);
  const Widget = defineKind({ group: "bench.example.com", version: "v1", kind: "Widget", plural: "widgets", spec: { type: "object" } });
  const kube = await connect({ server });
  // Some of it is imported with the first request, and imports are not what is measured here; client-node makes one too.
  await kube.get(Widget, { namespace: "a", name: "a" }).catch(() => {});
  const scope = client.includes("metadata") ? { metadataOnly: true } : {};
  const informer = new Informer({ listWatch: kube.listWatch(Widget, scope), useWatchList: client.includes("watchlist") });
  const get = (key) => informer.lister.get(key);
  if (isQueue || !readsInitial) informer.onKeys((key, { type }) => (type === "add" ? onAdd() : onKey(key, get)));
  else informer.addEventHandler({ add: onAdd, update: (_old, object) => onUpdate(object) });
  return () => informer.run({ signal: new AbortController().signal });
}

async function clientNode() {
  const { KubeConfig, CustomObjectsApi, makeInformer } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "a", server, skipTLSVerify: true }],
    users: [{ name: "a" }],
    contexts: [{ name: "a", cluster: "a", user: "a" }],
    currentContext: "a",
  });
  const api = config.makeApiClient(CustomObjectsApi);
  const widgets = { group: "bench.example.com", version: "v1", plural: "widgets" };
  await api.getNamespacedCustomObject({ ...widgets, namespace: "a", name: "a" }).catch(() => {});
  const informer = makeInformer(config, "/apis/bench.example.com/v1/widgets", () => api.listClusterCustomObject(widgets));
  const get = (key) => informer.get(key.slice(key.indexOf("/") + 1), key.slice(0, key.indexOf("/")));
  informer.on("add", onAdd);
  informer.on("update", isQueue ? ({ metadata }) => onKey(`${metadata.namespace}/${metadata.name}`, get) : onUpdate);
  informer.on("error", (error) => {
    throw error;
  });
  globalThis.kept = informer;
  return () => informer.start();
}

async function fluentClient() {
  process.env.KUBECONFIG = `${process.env.KUBECONFIG_DIR}/kubeconfig`;
  const { K8s, GenericKind, RegisterKind } = await import("kubernetes-fluent-client");
  class Widget extends GenericKind {}
  RegisterKind(Widget, { group: "bench.example.com", version: "v1", kind: "Widget", plural: "widgets" });
  // It keeps versions, not objects: what its user wants to read later is its user's to keep.
  const copy = new Map();
  const get = (key) => copy.get(key);
  const watcher = K8s(Widget).Watch((object, phase) => {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    copy.set(key, object);
    if (phase === "ADDED") onAdd(object);
    else if (isQueue) onKey(key, get);
    else onUpdate(object);
  });
  globalThis.kept = copy;
  return () => watcher.start();
}
