// How long a fresh process takes from importing the API server to the first answered GET: in process, with a socket, with a TLS socket.
// Usage: node src/apiserver-start.ts [rounds]
import { runChild, type Sample } from "./run-child.ts";
import { printTable, roundsFrom, summarize, surroundings, writeResult } from "./summary.ts";

const MODES = ["in-process", "http", "https"];
const rounds = roundsFrom(process.argv, 15);

const samples: Record<string, Sample[]> = Object.fromEntries(MODES.map((mode) => [mode, []]));
// One round that does not count fills the file cache; the others take turns, so that noise meets all modes alike.
for (let round = 0; round <= rounds; round += 1) {
  for (const mode of MODES) {
    const sample = await runChild("apiserver-start.mjs", [mode]);
    if (round > 0) samples[mode]?.push(sample);
  }
}

const results = Object.fromEntries(MODES.map((mode) => [mode, summarize(samples[mode] ?? [])]));
printTable(results, ["importMs", "startMs", "firstGetMs", "totalMs", "sinceProcessStartMs", "maxRssMb"]);
writeResult("apiserver-start", { surroundings: surroundings(["@operatorkit/apiserver"]), rounds, results, samples });
