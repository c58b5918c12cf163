// Takes one subject through every scenario and prints what it did not survive: `node --conditions=source src/fault-scenarios/main.ts --subject operatorkit`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { faultsTable, type FaultsReport, type SubjectReport } from "./faults-table.ts";
import { randomScenario } from "./random-scenario.ts";
import { runScenarios } from "./run-scenarios.ts";
import { scenarios } from "./scenarios.ts";
import type { Subject } from "./subject.ts";

const SUBJECTS: Readonly<Record<string, () => Promise<Subject>>> = {
  operatorkit: async () => (await import("./our-subject.ts")).ourSubject,
  "client-node": async () => (await import("./client-node-subject.ts")).clientNodeSubject,
  "fluent-client": async () => (await import("./fluent-client-subject.ts")).fluentClientSubject,
};

const { values } = parseArgs({
  options: {
    subject: { type: "string", default: "operatorkit" },
    only: { type: "string", default: "" },
    // `2/4`: the second quarter of the scenarios, for subjects that take one at a time; with --write each adds its own.
    shard: { type: "string", default: "1/1" },
    seeds: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
  },
});
const load = SUBJECTS[values.subject];
if (load === undefined) throw new Error(`--subject is one of ${Object.keys(SUBJECTS).join(", ")}, not ${values.subject}`);
const subject = await load();
const stop = new AbortController();
process.once("SIGINT", () => stop.abort(new Error("stopped by SIGINT")));
// A subject that would take its process down is shown as such, and does not take the others' results along.
const crashes: string[] = [];
process.on("uncaughtException", (error) => crashes.push(error.message));
process.on("unhandledRejection", (error) => crashes.push(error instanceof Error ? error.message : String(error)));

const random = Array.from({ length: Number(values.seeds) }, (_, index) => randomScenario(index + 1));
const [shard = 1, shards = 1] = values.shard.split("/").map(Number);
const wanted = [...scenarios, ...random].filter(
  ({ id, name }, index) => `${id} ${name}`.includes(values.only) && index % shards === shard - 1,
);
const results = await runScenarios({
  subject,
  scenarios: wanted,
  signal: stop.signal,
  onResult: ({ id, name, problems, isReached, requests, healedMs, durationMs }) =>
    console.log(
      `${problems.length > 0 ? "FAILED  " : isReached ? "survived" : "untouched"} ${id} ${name} (${requests} requests, healed in ${healedMs ?? "-"} of ${durationMs} ms)${problems.map((problem) => `\n           ${problem}`).join("")}`,
    ),
});
console.log(
  `${subject.name}: ${results.filter(({ problems }) => problems.length === 0).length} of ${results.length}, ${crashes.length} uncaught errors`,
);
for (const crash of new Set(crashes)) console.log(`  uncaught: ${crash.slice(0, 200)}`);
if (values.write)
  await write({ name: subject.name, version: subject.version, setting: subject.setting, uncaught: crashes.length, results });
// A subject may leave timers and sockets behind; that is not what is measured here.
process.exit(0);

async function write(report: SubjectReport): Promise<void> {
  const folder = new URL("../../results/", import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL("faults.json", folder);
  const before = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as FaultsReport,
    () => undefined,
  );
  const others = (before?.subjects ?? []).filter(({ name }) => name !== report.name);
  const earlier = before?.subjects.find(({ name }) => name === report.name);
  const order = ["operatorkit", "@kubernetes/client-node", "kubernetes-fluent-client"];
  const subjects = [...others, merged(report, earlier)].toSorted((one, two) => order.indexOf(one.name) - order.indexOf(two.name));
  const all: FaultsReport = { date: new Date().toISOString().slice(0, 10), node: process.version, subjects };
  await writeFile(file, `${JSON.stringify(all, undefined, 1)}\n`);
  await writeFile(new URL("faults.md", folder), faultsTable(all));
  console.log("wrote results/faults.md and faults.json; `pnpm fix` formats them");
}

/** Scenarios that were left out this time keep their earlier results, if there are any. */
function merged(report: SubjectReport, earlier: SubjectReport | undefined): SubjectReport {
  const isWhole = report.results.length >= scenarios.length;
  if (isWhole || earlier === undefined) return report;
  const all = scenarios.flatMap(({ id, name }) => {
    const isThis = (result: { readonly id: string; readonly name: string }): boolean => result.id === id && result.name === name;
    return report.results.find(isThis) ?? earlier.results.find(isThis) ?? [];
  });
  return { ...report, uncaught: Math.max(report.uncaught, earlier.uncaught), results: all };
}
