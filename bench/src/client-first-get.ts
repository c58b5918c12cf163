// Time and memory from `import` to the first answered GET, for @operatorkit/client and @kubernetes/client-node with a token and a
// CA in hand, each in a fresh process, in turns, against our API server with TLS.
// Usage: node src/client-first-get.ts [rounds]
import { ApiServer } from "@operatorkit/apiserver";
import { runChild, type Sample } from "./run-child.ts";
import { measureOf, printTable, roundsFrom, summarize, surroundings, writeResult } from "./summary.ts";

const MODES = ["bare", "https", "operatorkit", "client-node"];
const rounds = roundsFrom(process.argv, 15);

await using server = await ApiServer.start();
const env = { SERVER: server.url, CA_PEM: server.caPem ?? "", TOKEN: server.token };

const samples: Record<string, Sample[]> = Object.fromEntries(MODES.map((mode) => [mode, []]));
for (let round = 0; round <= rounds; round += 1) {
  for (const mode of MODES) {
    const sample = await runChild("client-first-get.mjs", [mode], env);
    if (round > 0) samples[mode]?.push(sample);
  }
}

/** Memory over the bare process of the same round. */
const overBare = (mode: string): number[] =>
  (samples[mode] ?? []).map((sample, index) => (sample["maxRssMb"] ?? 0) - (samples["bare"]?.[index]?.["maxRssMb"] ?? 0));
/** Ours divided by theirs, round by round: below 1 is better. */
const ratio = (name: string, read: (mode: string) => number[]): [string, ReturnType<typeof measureOf>] => {
  const theirs = read("client-node");
  return [name, measureOf(read("operatorkit").map((value, index) => (value / (theirs[index] ?? Number.NaN)) * 100))];
};

const results = Object.fromEntries(
  MODES.map((mode) => [mode, { ...summarize(samples[mode] ?? []), rssOverBareMb: measureOf(overBare(mode)) }]),
);
const percentOfClientNode = Object.fromEntries([
  ratio("totalMs", (mode) => (samples[mode] ?? []).map((sample) => sample["totalMs"] ?? Number.NaN)),
  ratio("rssOverBareMb", overBare),
]);
printTable(results, ["importMs", "totalMs", "sinceProcessStartMs", "maxRssMb", "rssOverBareMb"]);
printTable({ "operatorkit in % of client-node": percentOfClientNode }, ["totalMs", "rssOverBareMb"]);
writeResult("client-first-get", {
  surroundings: surroundings(["@operatorkit/client", "@operatorkit/apiserver", "@kubernetes/client-node"]),
  rounds,
  results,
  percentOfClientNode,
  samples,
});
