// Puts the numbers of results/*.json into README.md, between the marks, so that text and data never differ.
// Usage: node src/write-readme-tables.ts
import { readFileSync, writeFileSync } from "node:fs";
import type { Measure } from "./summary.ts";

interface Result {
  readonly surroundings: Readonly<Record<string, unknown>> & { readonly versions: Readonly<Record<string, string>> };
  readonly rounds: number;
  readonly results: Readonly<Record<string, Readonly<Record<string, Measure>>>>;
  readonly percentOfClientNode?: Readonly<Record<string, Measure>>;
}

const readme = new URL("../README.md", import.meta.url);
let text = readFileSync(readme, "utf8");
for (const [name, columns] of [
  ["apiserver-start", ["importMs", "startMs", "firstGetMs", "totalMs", "sinceProcessStartMs", "maxRssMb"]],
  ["client-first-get", ["importMs", "totalMs", "maxRssMb", "rssOverBareMb"]],
  ["client-compress", ["wireMb", "timeMs", "cpuMs"]],
] as const) {
  const result = JSON.parse(readFileSync(new URL(`../results/${name}.json`, import.meta.url), "utf8")) as Result;
  const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  text = text.replace(pattern, (_all, open: string, close: string) => `${open}${section(result, columns)}${close}`);
}
writeFileSync(readme, text);

function section({ surroundings, rounds, results, percentOfClientNode }: Result, columns: readonly string[]): string {
  const { date, node, os, cpu, cores, loadAverage1m, commit, versions } = surroundings;
  const versionList = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  return [
    "",
    `${rounds} rounds, median (range). ${String(date).slice(0, 10)}, commit ${String(commit)}, Node ${String(node)}, ${String(os)}, ${String(cores)} × ${String(cpu)}, load ${Number(loadAverage1m).toFixed(1)}. ${versionList}.`,
    "",
    `| | ${columns.join(" | ")} |`,
    `|---|${columns.map(() => "--:").join("|")}|`,
    ...Object.entries(results).map(([name, measures]) => `| ${name} | ${columns.map((column) => show(measures[column])).join(" | ")} |`),
    ...(percentOfClientNode === undefined
      ? []
      : [
          "",
          `Ours in percent of client-node's, round by round: ${Object.entries(percentOfClientNode)
            .map(([name, measure]) => `${name} ${show(measure)}`)
            .join(", ")}.`,
        ]),
    "",
    "",
  ].join("\n");
}

function show(measure: Measure | undefined): string {
  return measure === undefined ? "" : `${measure.median} (${measure.min}–${measure.max})`;
}
