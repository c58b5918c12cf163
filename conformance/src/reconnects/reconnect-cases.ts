import type { ListWatch } from "@operatorkit/api";
import { ApiServer } from "@operatorkit/apiserver";
import { connect, type KubernetesClient } from "@operatorkit/client";
import { Controller } from "@operatorkit/controller";
import { Informer, SharedInformers } from "@operatorkit/informer";
import { ConfigMap, Secret } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { RawFront } from "../wire/raw-front.ts";
import { heapSlope, type HeapSlope } from "./heap-slope.ts";
import { quickClock } from "./quick-clock.ts";

/** Something that is done so often that what it leaves behind shows. */
export interface ReconnectCase {
  readonly name: string;
  /** What one repetition is. */
  readonly of: string;
  /** With `--full`, and always. */
  readonly full: number;
  readonly quick: number;
  measure(count: number, warmUp: number): Promise<HeapSlope>;
}

const turns = async (times: number): Promise<void> => {
  for (let turn = 0; turn < times; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Counts the watches that were accepted. */
function counted(listWatch: ListWatch<ConfigMap>): { readonly listWatch: ListWatch<ConfigMap>; readonly watches: () => number } {
  let watches = 0;
  const counting: ListWatch<ConfigMap> = {
    kind: listWatch.kind,
    list: (request) => listWatch.list(request),
    watch: async (request) => {
      const stream = await listWatch.watch(request);
      watches += 1;
      return stream;
    },
  };
  return { listWatch: counting, watches: () => watches };
}

/** The watch is reset, ended, told 410, and begun anew after a list, in turns. */
async function harm(server: ApiServer, client: KubernetesClient, turn: number): Promise<() => void> {
  const when = { verb: "watch", kind: "ConfigMap", times: 1 } as const;
  switch (turn % 4) {
    case 0:
      server.faults.cut({ kind: "ConfigMap" });
      return () => {};
    case 1: {
      const rule = server.faults.add({ when, do: { type: "end" } });
      server.faults.cut({ kind: "ConfigMap" });
      return () => rule.remove();
    }
    case 2: {
      const rule = server.faults.add({ when, do: { type: "expire" } });
      server.faults.cut({ kind: "ConfigMap" });
      return () => rule.remove();
    }
    default:
      await client.patch(ConfigMap, { name: "a", namespace: "default" }, { type: "merge", body: { data: { turn: String(turn) } } });
      server.compact();
      server.faults.cut({ kind: "ConfigMap" });
      return () => {};
  }
}

async function withInformer(
  {
    server,
    client,
    listWatch,
    clock,
  }: { server: ApiServer; client: KubernetesClient; listWatch: ListWatch<ConfigMap>; clock?: ManualClock },
  measure: (until: (watches: number) => Promise<void>) => Promise<HeapSlope>,
): Promise<HeapSlope> {
  for (const name of ["a", "b", "c"])
    await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
  const stop = new AbortController();
  const watching = counted(listWatch);
  const informer = new Informer<ConfigMap>({
    listWatch: watching.listWatch,
    clock: clock ?? quickClock(FACTOR),
    ...(clock === undefined && { silence: PATIENT }),
    onError: () => {},
    indexes: { name: ({ metadata }) => metadata.name },
  });
  let told = 0;
  informer.addEventHandler({ add: () => void (told += 1), update: () => void (told += 1), delete: () => void (told += 1) });
  const running = informer.run({ signal: stop.signal });
  let turn = 0;
  const until = async (watches: number): Promise<void> => {
    const aim = watching.watches() + watches;
    while (watching.watches() < aim) {
      const before = watching.watches();
      const undo = await harm(server, client, turn);
      turn += 1;
      for (let step = 0; watching.watches() === before; step += 1) {
        if (step > 20_000) throw new Error(`the informer asked for no watch any more after ${before}`);
        if (clock === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
        // What the server had not begun to send yet was not cut.
        if (clock === undefined && step % 30 === 29) server.faults.cut({ kind: "ConfigMap" });
        if (clock !== undefined) {
          await turns(6);
          if (watching.watches() === before) await clock.advanceToNext();
        }
      }
      undo();
    }
  };
  try {
    await until(1);
    const slope = await measure(until);
    if (told === 0 || informer.lister.size !== 3)
      throw new Error(`the informer was told ${told} changes, and holds ${informer.lister.size} objects`);
    return slope;
  } finally {
    stop.abort();
    await running;
  }
}

async function inProcess(count: number, warmUp: number): Promise<HeapSlope> {
  const clock = new ManualClock();
  await using server = await ApiServer.start({ inProcess: true, clock, historySize: 50 });
  await using client = await connect({ transport: server.transport(), clock });
  const listWatch = client.listWatch(ConfigMap, { namespace: "default" });
  return await withInformer({ server, client, listWatch, clock }, (until) => heapSlope({ count, warmUp, repeat: until }));
}

/** Two thousand times real time: a wait of 30 s is one of 15 ms. */
const FACTOR = 2_000;
/** In quick time, so that a busy machine is not taken for a silent server. */
const PATIENT = { openMs: 2_000_000, listMs: 2_000_000, watchMs: 4_000_000, fillMs: 2_000_000 };

async function onHttp1(count: number, warmUp: number): Promise<HeapSlope> {
  await using server = await ApiServer.start({ inProcess: true, historySize: 50 });
  await using client = await connect({ transport: server.transport() });
  await using front = await RawFront.start({ api: server.transport() });
  await using over = await connect({ server: front.url });
  const listWatch = over.listWatch(ConfigMap, { namespace: "default" });
  return await withInformer({ server, client, listWatch }, (until) => heapSlope({ count, warmUp, repeat: until }));
}

async function onHttp2(count: number, warmUp: number): Promise<HeapSlope> {
  await using server = await ApiServer.start({ historySize: 50 });
  await using client = await connect({ transport: server.transport() });
  const { url, caPem = "", token } = server;
  await using over = await connect({ server: url, caPem, token });
  const listWatch = over.listWatch(ConfigMap, { namespace: "default" });
  return await withInformer({ server, client, listWatch }, (until) => heapSlope({ count, warmUp, repeat: until }));
}

async function controllerRestarts(count: number, warmUp: number): Promise<HeapSlope> {
  await using server = await ApiServer.start({ inProcess: true, historySize: 50 });
  await using client = await connect({ transport: server.transport() });
  await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } });
  const repeat = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      const stop = new AbortController();
      const controller = new Controller({
        name: "restarted",
        for: ConfigMap,
        owns: [Secret],
        namespace: "default",
        reconcile: () => stop.abort(),
      });
      await controller.run({ client, signal: stop.signal });
    }
  };
  return await heapSlope({ count, warmUp, repeat });
}

async function subscribers(count: number, warmUp: number): Promise<HeapSlope> {
  await using server = await ApiServer.start({ inProcess: true, historySize: 50 });
  await using client = await connect({ transport: server.transport() });
  await client.create<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } });
  const stop = new AbortController();
  const informers = new SharedInformers({ client });
  // Held all the time: leases of it come and go; that of Secrets is made anew with each first one.
  const held = informers.for(ConfigMap, { namespace: "default" });
  const running = informers.run({ signal: stop.signal });
  await held.synced();
  const repeat = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      const lease = informers.for(ConfigMap, { namespace: "default" }, { indexes: { name: ({ metadata }) => metadata.name } });
      await lease.addEventHandler({ add: () => {} }).synced();
      lease.onKeys(() => {}).close();
      lease.release();
      const alone = informers.for(Secret);
      await alone.synced();
      alone.release();
    }
  };
  try {
    return await heapSlope({ count, warmUp, repeat });
  } finally {
    stop.abort();
    await running;
  }
}

export const reconnectCases: readonly ReconnectCase[] = [
  { name: "in-process", of: "reconnect, in process and in virtual time", full: 100_000, quick: 3_000, measure: inProcess },
  { name: "http1", of: "reconnect over HTTP/1.1", full: 6_000, quick: 150, measure: onHttp1 },
  { name: "http2", of: "reconnect over TLS and HTTP/2", full: 6_000, quick: 150, measure: onHttp2 },
  { name: "controller", of: "start and stop of a Controller", full: 10_000, quick: 300, measure: controllerRestarts },
  { name: "subscribers", of: "start and stop of shared informers' subscribers", full: 10_000, quick: 500, measure: subscribers },
];
