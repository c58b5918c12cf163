import { readFileSync, writeFileSync } from "node:fs";
import type { Sample } from "./run-child.ts";
import { measureOf } from "./summary.ts";

/** What a result file holds of where it was measured. */
export interface Surroundings {
  readonly surroundings: Readonly<Record<string, unknown>> & { readonly versions: Readonly<Record<string, string>> };
  readonly rounds: number;
  readonly loadAverage: { readonly median: number; readonly min: number; readonly max: number };
}

const readme = new URL("../README.md", import.meta.url);

export function readResult(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../results/${name}.json`, import.meta.url), "utf8"));
}

/** Puts lines into README.md, between the marks of `name`, so that text and data never differ. */
export function writeSection(name: string, lines: readonly string[]): void {
  const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  const page = readFileSync(readme, "utf8");
  if (!pattern.test(page)) throw new Error(`bench/README.md has no marks for ${name}`);
  writeFileSync(
    readme,
    page.replace(pattern, (_all, open: string, close: string) => `${open}\n${lines.join("\n")}\n\n${close}`),
  );
}

/** Rounds, date, versions and load in a sentence. */
export function describeSurroundings({ surroundings, rounds, loadAverage }: Surroundings): string {
  const { date, node, os, cpu, cores, commit, versions } = surroundings;
  const { median, min, max } = loadAverage;
  const list = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  return `${rounds} rounds, median (range). ${String(date).slice(0, 10)}, commit ${String(commit)}, Node ${String(node)}, ${String(os)}, ${String(cores)} × ${String(cpu)}; ${list}. Load average ${median} (${min}–${max}) on ${String(cores)} cores.`;
}

export function valuesOf(samples: readonly Sample[] | undefined, name: string): number[] {
  return (samples ?? []).map((sample) => sample[name] ?? Number.NaN);
}

/** Median and range. */
export function show(values: readonly number[]): string {
  const { median, min, max } = measureOf(values);
  return `${rounded(median)} (${rounded(min)}–${rounded(max)})`;
}

/** The median of `a / b` inside each round. */
export function ratioOf(a: readonly number[], b: readonly number[]): string {
  const ratios = a.map((value, round) => value / (b[round] ?? Number.NaN)).toSorted((x, y) => x - y);
  const middle = (ratios.length - 1) / 2;
  return (((ratios[Math.floor(middle)] ?? Number.NaN) + (ratios[Math.ceil(middle)] ?? Number.NaN)) / 2).toFixed(2);
}

function rounded(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 10) / 10);
}
