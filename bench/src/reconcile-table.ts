// Puts the numbers of results/reconcile-work.json into README.md. Usage: node src/reconcile-table.ts
import { describeSurroundings, ratioOf, readResult, show, valuesOf, writeSection, type Surroundings } from "./readme-section.ts";
import type { Sample } from "./run-child.ts";

interface Result extends Surroundings {
  readonly objects: number;
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

const result = readResult("reconcile-work") as Result;
const { objects, samples } = result;
const THEIRS = "controller-runtime";
const works = Object.keys(samples)
  .filter((name) => name.startsWith(`${THEIRS} `))
  .map((name) => name.slice(THEIRS.length + 1));

function lines(work: string): string[] {
  const [write = "", concurrency = ""] = work.split(" ");
  return [THEIRS, "operatorkit"].map((client) => {
    const all = samples[`${client} ${work}`];
    const base = samples[`${THEIRS} ${work}`];
    const compared = ["reconcilesPerS", "cpuUsPerReconcile", "peakMb"].flatMap((measure) => [
      show(valuesOf(all, measure)),
      client === THEIRS ? "" : `**${ratioOf(valuesOf(all, measure), valuesOf(base, measure))}**`,
    ]);
    const counted = ["turns", "storedWrites", "writtenOnce", "conflicts"].map((measure) => range(valuesOf(all, measure)));
    return `| ${client === THEIRS ? write : ""} | ${client === THEIRS ? concurrency : ""} | ${client} | ${[...compared, ...counted].join(" | ")} |`;
  });
}

/** Counts are the same in every round, or it must show. */
function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? least.toLocaleString("en") : `${least.toLocaleString("en")}–${most.toLocaleString("en")}`;
}

writeSection("reconcile-work", [
  describeSurroundings(result),
  "",
  `${objects.toLocaleString("en")} custom resources; bold: ours divided by controller-runtime's in the same round.`,
  "",
  "| write | concurrency | controller | reconciles/s | | CPU, µs per reconcile | | peak RSS, MiB | | turns | writes in etcd | written once | conflicts |",
  "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
  ...works.flatMap(lines),
]);
