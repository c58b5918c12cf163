// The work queue against client-go's and controller-runtime's on the same work, one core, in turns. Usage: node src/queue-work.ts [rounds]
// Needs taskset, two cores and Go (which fetches the modules of bench/go the first time).
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { buildGoBench } from "./go-bench.ts";
import type { Sample } from "./run-child.ts";
import { runPinned } from "./run-pinned.ts";
import { measureOf, roundsFrom, surroundings, writeResult } from "./summary.ts";

const KEYS = 1_000_000;
const rounds = roundsFrom(process.argv, 3);
const go = buildGoBench();
const script = fileURLToPath(new URL("children/queue-work.mjs", import.meta.url));

const inGo = new Set(["client-go", "controller-runtime"]);
const runs: readonly (readonly string[])[] = [
  ...["1", "8", "32"].flatMap((workers) =>
    ["client-go", "operatorkit", "operatorkit-async", "controller-runtime"].map((client) => ["flood", client, String(KEYS), workers]),
  ),
  ["flood", "set-queue", String(KEYS), "1"],
  ...["10000", "100000"].flatMap((keys) => ["client-go", "operatorkit", "controller-runtime"].map((client) => ["delay", client, keys])),
];

const samples: Record<string, Sample[]> = {};
const loads: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const run of runs) {
    loads.push(loadavg()[0] ?? Number.NaN);
    const [command, args] = inGo.has(run[1] ?? "") ? [go.program, run] : [process.execPath, ["--expose-gc", script, ...run]];
    const sample = await runPinned(command, args, { core: 1, timeoutMs: 60_000 });
    (samples[run.join(" ")] ??= []).push(sample);
    console.log(round, run.join(" "), JSON.stringify(sample));
  }
  const about = surroundings(["@operatorkit/workqueue"]);
  // Written after every round: a run that is broken off has measured something too.
  writeResult("queue-work", {
    surroundings: { ...about, versions: { ...(about["versions"] as object), ...go.versions } },
    rounds: round,
    keys: KEYS,
    loadAverage: measureOf(loads),
    samples,
  });
}
