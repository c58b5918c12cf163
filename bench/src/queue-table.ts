// Puts the numbers of results/queue-work.json into README.md. Usage: node src/queue-table.ts
import { describeSurroundings, ratioOf, readResult, show, valuesOf, writeSection, type Surroundings } from "./readme-section.ts";
import type { Sample } from "./run-child.ts";

interface Result extends Surroundings {
  readonly keys: number;
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

const result = readResult("queue-work") as Result;
const { keys, samples } = result;

/** How much faster than client-go in the same round: above 1 is faster. */
const speed = (run: string, base: string, measure: string): string =>
  `**${ratioOf(valuesOf(samples[base], measure), valuesOf(samples[run], measure))}**`;

function floodLines(): string[] {
  const measures = ["addMs", "addAgainMs", "getDoneMs"];
  const lines: string[] = [];
  for (const workers of [1, 8, 32]) {
    const base = `flood client-go ${keys} ${workers}`;
    for (const client of ["client-go", "operatorkit", "operatorkit-async", "controller-runtime", "set-queue"]) {
      const run = `flood ${client} ${keys} ${workers}`;
      const all = samples[run];
      if (all === undefined) continue;
      const cells = measures.flatMap((measure) => [show(valuesOf(all, measure)), speed(run, base, measure)]);
      const memory = ["heapGrowthMb", "rssGrowthMb", "peakMb"].map((measure) => show(valuesOf(all, measure)));
      lines.push(`| ${workers} | ${client} | ${[...cells, ...memory].join(" | ")} |`);
    }
  }
  return lines;
}

function cpuLines(): string[] {
  return ["client-go", "operatorkit", "operatorkit-async", "controller-runtime", "set-queue"].map((client) => {
    const run = `flood ${client} ${keys} 1`;
    const base = `flood client-go ${keys} 1`;
    const cells = ["addCpuMs", "addAgainCpuMs", "getDoneCpuMs"].flatMap((measure) => [
      show(valuesOf(samples[run], measure)),
      speed(run, base, measure),
    ]);
    return `| ${client} | ${cells.join(" | ")} |`;
  });
}

function delayLines(): string[] {
  return [10_000, 100_000].flatMap((count) =>
    ["client-go", "operatorkit", "controller-runtime"].map((client) => {
      const all = samples[`delay ${client} ${count}`];
      const cells = ["p50Ms", "p99Ms", "maxMs", "addMs", "cpuMs", "peakMb"].map((measure) => show(valuesOf(all, measure)));
      return `| ${count.toLocaleString("en")} | ${client} | ${cells.join(" | ")} |`;
    }),
  );
}

writeSection("queue-work", [
  describeSurroundings(result),
  "",
  `${keys.toLocaleString("en")} keys, milliseconds; bold: how much faster than client-go in the same round.`,
  "",
  "| workers | queue | add | × | add again | × | get and done | × | live heap grew by, MiB | RSS grew by, MiB | peak RSS, MiB |",
  "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
  ...floodLines(),
  "",
  "The same with 1 worker, in milliseconds of processor time (collectors included), which a busy machine disturbs less:",
  "",
  "| queue | add | × | add again | × | get and done | × |",
  "|---|--:|--:|--:|--:|--:|--:|",
  ...cpuLines(),
  "",
  "Delayed keys, due one to two seconds after they were added; how many milliseconds late one worker had them:",
  "",
  "| keys | queue | p50 | p99 | most | adding them, ms | CPU in all, ms | peak RSS, MiB |",
  "|--:|---|--:|--:|--:|--:|--:|--:|",
  ...delayLines(),
]);
