// A controller against controller-runtime's on the same work and a real kube-apiserver, in turns. Usage: node src/reconcile-work.ts [rounds [objects]]
// Needs taskset, two cores and Go: kube-apiserver and etcd (built the first time) have the first core, the operator that is measured the second.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RealCluster } from "../../conformance/src/real-server/real-cluster.ts";
import { buildGoBench } from "./go-bench.ts";
import type { Sample } from "./run-child.ts";
import { runPinned } from "./run-pinned.ts";
import { StoredGadgets } from "./stored-gadgets.ts";
import { measureOf, roundsFrom, surroundings, writeResult } from "./summary.ts";

const rounds = roundsFrom(process.argv, 3);
const objects = Number(process.argv[3] ?? 10_000);
const go = buildGoBench();
const script = fileURLToPath(new URL("children/reconcile-work.mjs", import.meta.url));
const work = [
  { write: "update", concurrency: 1 },
  { write: "update", concurrency: 8 },
  { write: "update", concurrency: 32 },
  { write: "apply", concurrency: 8 },
];
const runs = work.flatMap((each) => ["controller-runtime", "operatorkit"].map((client) => ({ client, ...each })));

// The servers inherit the core of this process.
spawnSync("taskset", ["-cp", "0", String(process.pid)]);
await using cluster = await RealCluster.start({ onProgress: (line) => console.log(line) });
const gadgets = new StoredGadgets(cluster);
await gadgets.create(objects);
const caFile = join(cluster.folder, "ca.pem");
writeFileSync(caFile, cluster.caPem);

const samples: Record<string, Sample[]> = {};
const loads: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const { client, write, concurrency } of runs) {
    loads.push(loadavg()[0] ?? Number.NaN);
    await gadgets.reset();
    const args = [write, String(objects), String(concurrency)];
    const [command, first] = client === "operatorkit" ? [process.execPath, script] : [go.program, "reconcile"];
    const env = { SERVER: cluster.url, CA_FILE: caFile, TOKEN: cluster.token };
    const said = await runPinned(command, [first, ...args], { core: 1, env, timeoutMs: 300_000 });
    const { writes, writtenOnce } = await gadgets.written();
    const sample: Sample = { ...said, storedWrites: writes, writtenOnce };
    const name = [client, write, concurrency].join(" ");
    (samples[name] ??= []).push(sample);
    console.log(round, name, JSON.stringify(sample));
  }
  const about = surroundings(["@operatorkit/client", "@operatorkit/controller"]);
  // Written after every round: a run that is broken off has measured something too.
  writeResult("reconcile-work", {
    surroundings: { ...about, versions: { ...(about["versions"] as object), ...go.versions } },
    rounds: round,
    objects,
    loadAverage: measureOf(loads),
    samples,
  });
}
