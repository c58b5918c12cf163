import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sample } from "./run-child.ts";

/** A measure over all runs. */
export interface Measure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median and range of every measure, rounded to a tenth. */
export function summarize(samples: readonly Sample[]): Record<string, Measure> {
  const names = Object.keys(samples[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, measureOf(samples.map((sample) => sample[name] ?? Number.NaN))]));
}

export function measureOf(values: readonly number[]): Measure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median: round(median), min: round(sorted[0] ?? Number.NaN), max: round(sorted.at(-1) ?? Number.NaN) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Where the numbers come from: what one needs to doubt them. */
export function surroundings(packages: readonly string[]): Record<string, unknown> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    node: process.version,
    os: `${platform()} ${release()}`,
    cpu: cpu?.model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadAverage1m: loadavg()[0],
    commit: commit(),
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
}

function versionOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** Writes `results/<name>.json` and says it. */
export function writeResult(name: string, result: object): void {
  const path = join(dirname(fileURLToPath(import.meta.url)), "..", "results", `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`results/${name}.json is written`);
}

/** A line per variant, for the terminal. */
export function printTable(rows: Readonly<Record<string, Readonly<Record<string, Measure>>>>, columns: readonly string[]): void {
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, measures]) => [
        name,
        Object.fromEntries(columns.map((column) => [column, describe(measures[column])])),
      ]),
    ),
  );
}

function describe(measure: Measure | undefined): string {
  return measure === undefined ? "" : `${measure.median} (${measure.min}–${measure.max})`;
}

/** How many rounds: the first argument, or the default. */
export function roundsFrom(argv: readonly string[], fallback: number): number {
  const rounds = Number(argv[2] ?? fallback);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`rounds must be a positive whole number, not ${argv[2]}`);
  return rounds;
}
