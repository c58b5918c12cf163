// The informer against its peers on the same work, one core each, in turns. Usage: node src/informer-work.ts [rounds]
// Needs taskset and two cores: the replay server has the first, one client at a time the second.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ApiServer } from "@operatorkit/apiserver";
import { runChild, type Sample } from "./run-child.ts";
import { measureOf, roundsFrom, surroundings, writeResult, type Measure } from "./summary.ts";

interface Run {
  readonly client: string;
  readonly work: "burst" | "queue" | "drip" | "sync";
  readonly objects: number;
  readonly events?: number;
  /** The server ignores `limit`, as kube-apiserver does at version 0. */
  readonly isUnpaged?: boolean;
  /** Of V8, for whoever would rather have memory than speed. */
  readonly flag?: string;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const rounds = roundsFrom(process.argv, 3);
const ALL = ["client-node", "operatorkit", "fluent-client"];
const BURST = { objects: 20_000, events: 200_000 };
const SMALL = { flag: "--optimize-for-size" };
const runs: readonly Run[] = [
  ...ALL.map((client) => ({ client, work: "burst" as const, ...BURST })),
  ...ALL.map((client) => ({ client, work: "queue" as const, ...BURST })),
  ...["client-node", "operatorkit"].map((client) => ({ client, work: "burst" as const, ...BURST, ...SMALL })),
  ...["client-node", "operatorkit"].map((client) => ({ client, work: "queue" as const, ...BURST, ...SMALL })),
  { client: "client-node", work: "sync", objects: 100_000, isUnpaged: true, ...SMALL },
  { client: "operatorkit", work: "sync", objects: 100_000, ...SMALL },
  ...["client-node", "operatorkit"].map((client) => ({ client, work: "drip" as const, objects: 20_000, events: 15_000 })),
  { client: "client-node", work: "sync", objects: 100_000, isUnpaged: true },
  ...[
    "operatorkit",
    "operatorkit-watchlist",
    "operatorkit-unread",
    "operatorkit-metadata",
    "operatorkit-metadata-unread",
    "fluent-client",
  ].map((client) => ({ client, work: "sync" as const, objects: 100_000 })),
  { client: "client-node", work: "sync", objects: 10_000, isUnpaged: true },
  { client: "operatorkit", work: "sync", objects: 10_000 },
  { client: "operatorkit-metadata", work: "sync", objects: 10_000 },
];

const nameOf = ({ client, work, objects, flag = "" }: Run): string => [work, objects, client, flag].join(" ").trimEnd();
const samples: Record<string, Sample[]> = {};
const loads: number[] = [];
const server = start(process.execPath, [fileURLToPath(new URL("replay/replay-server.ts", import.meta.url))], 0, {});
process.on("exit", () => server.kill());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
const address = await firstLine(server);
const kubeconfigDir = mkdtempSync(join(tmpdir(), "bench-"));
writeFileSync(join(kubeconfigDir, "kubeconfig"), kubeconfigOf(address));
const connections = { "client-node": await connectionsOf("client-node"), operatorkit: await connectionsOf("operatorkit") };
try {
  for (let round = 1; round <= rounds; round += 1) {
    for (const run of runs) {
      loads.push(loadavg()[0] ?? Number.NaN);
      const sample = await measure(run);
      if (sample !== undefined) (samples[nameOf(run)] ??= []).push(sample);
      console.log(round, nameOf(run), JSON.stringify(sample));
    }
    write(round);
  }
} finally {
  server.kill();
  rmSync(kubeconfigDir, { recursive: true });
}

/** Written after every round: a run that is broken off has measured something too. */
function write(done: number): void {
  writeResult("informer-work", {
    surroundings: surroundings(["@operatorkit/client", "@operatorkit/informer", "@kubernetes/client-node", "kubernetes-fluent-client"]),
    rounds: done,
    loadAverage: measureOf(loads),
    results: Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, measuresOf(all)])),
    connections,
    samples,
  });
}

/** One child, from start to its measures; undefined when it could not do the work in time. */
async function measure({ client, work, objects, events = 0, isUnpaged = false, flag }: Run): Promise<Sample | undefined> {
  await (await fetch(`${address}/setup?objects=${objects}&paged=${isUnpaged ? 0 : 1}`)).text();
  const script = fileURLToPath(new URL("children/informer-work.mjs", import.meta.url));
  const child = start(process.execPath, ["--expose-gc", ...(flag === undefined ? [] : [flag]), script, client, work], 1, {
    SERVER: address,
    OBJECTS: String(objects),
    EVENTS: String(events),
    KUBECONFIG_DIR: kubeconfigDir,
  });
  const tooLong = setTimeout(() => child.kill("SIGKILL"), 40_000);
  let sample: Sample | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue;
    const said = JSON.parse(line) as Sample & { readonly isSynced?: true };
    if (said.isSynced !== true) {
      sample = said;
      continue;
    }
    child.stdin.write("\n");
    await (await fetch(work === "drip" ? `${address}/drip?events=${events}&perSecond=3000` : `${address}/burst?events=${events}`)).text();
  }
  clearTimeout(tooLong);
  return sample;
}

function start(command: string, args: readonly string[], core: number, env: Readonly<Record<string, string>>): Child {
  return spawn("taskset", ["-c", String(core), command, ...args], {
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

async function firstLine(child: Child): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the replay server did not start");
}

function measuresOf(all: readonly Sample[]): Record<string, Measure> {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, measureOf(all.map((sample) => sample[name] ?? Number.NaN))]));
}

/** TLS connections that 200 GETs and 30 watches take, counted by a relay in front of our API server. */
async function connectionsOf(client: string): Promise<number> {
  await using api = await ApiServer.start();
  const port = Number(new URL(api.url).port);
  let count = 0;
  const relay = createServer((socket) => {
    count += 1;
    const onward = connect(port, "127.0.0.1");
    socket.pipe(onward).pipe(socket);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const url = new URL(api.url);
  url.port = String((relay.address() as AddressInfo).port);
  try {
    await runChild("connections.mjs", [client], { SERVER: url.href, CA_PEM: api.caPem ?? "", TOKEN: api.token });
  } finally {
    relay.close();
  }
  return count;
}

function kubeconfigOf(url: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "a", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "a", user: { token: "t" } }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
  });
}
