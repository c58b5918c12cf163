// Puts the numbers of results/informer-work.json into README.md, between the marks. Usage: node src/informer-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import type { Sample } from "./run-child.ts";
import { measureOf } from "./summary.ts";

interface Result {
  readonly surroundings: Readonly<Record<string, unknown>> & { readonly versions: Readonly<Record<string, string>> };
  readonly rounds: number;
  readonly loadAverage: { readonly median: number; readonly min: number; readonly max: number };
  readonly connections: Readonly<Record<string, number>>;
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

interface Row {
  readonly work: string;
  readonly read: (sample: Sample) => number | undefined;
  readonly unit: string;
  readonly theirs: string;
  readonly others: readonly string[];
  readonly aim: string;
}

const result = JSON.parse(readFileSync(new URL("../results/informer-work.json", import.meta.url), "utf8")) as Result;
const burst = (work: string): { theirs: string; others: string[] } => ({
  theirs: `${work} 20000 client-node`,
  others: ["operatorkit", "fluent-client"].map((client) => `${work} 20000 ${client}`),
});
const sync = {
  theirs: "sync 100000 client-node",
  others: ["operatorkit", "operatorkit-watchlist", "fluent-client"].map((client) => `sync 100000 ${client}`),
};
/** The dial for memory. */
const SMALL = "--optimize-for-size";
const of = (name: string) => (sample: Sample) => sample[name];
const rows: readonly Row[] = [
  { work: "200,000 events to a handler", read: of("eventsPerSecond"), unit: "events/s", ...burst("burst"), aim: "≥ 1.6" },
  { work: "… CPU", read: of("cpuUsPerEvent"), unit: "µs/event", ...burst("burst"), aim: "" },
  { work: "… peak RSS", read: of("peakMb"), unit: "MiB", ...burst("burst"), aim: "" },
  { work: "200,000 events to a queue, 1 in 10 read", read: of("eventsPerSecond"), unit: "events/s", ...burst("queue"), aim: "≥ 2.4" },
  { work: "… CPU", read: of("cpuUsPerEvent"), unit: "µs/event", ...burst("queue"), aim: "" },
  { work: "… peak RSS", read: of("peakMb"), unit: "MiB", ...burst("queue"), aim: "≤ 0.35" },
  {
    work: "CPU at 3,000 events/s, to a handler",
    read: of("cpuUsPerEvent"),
    unit: "µs/event",
    theirs: "drip 20000 client-node",
    others: ["drip 20000 operatorkit"],
    aim: "≤ 0.6",
  },
  { work: "sync of 100,000: time", read: of("syncMs"), unit: "ms", ...sync, aim: "≤ 0.6" },
  { work: "… CPU", read: of("syncCpuMs"), unit: "ms", ...sync, aim: "" },
  { work: "… longest event-loop block", read: of("longestBlockMs"), unit: "ms", ...sync, aim: "≤ 20 ms" },
  { work: "… peak RSS", read: of("syncPeakMb"), unit: "MiB", ...sync, aim: "≤ 0.4" },
  ...["burst", "queue"].flatMap((work) => {
    const clients = { theirs: `${work} 20000 client-node ${SMALL}`, others: [`${work} 20000 operatorkit ${SMALL}`] };
    const what = work === "burst" ? "events to a handler" : "events to a queue";
    return [
      { work: `${what}, both with \`${SMALL}\``, read: of("eventsPerSecond"), unit: "events/s", ...clients, aim: "" },
      { work: "… peak RSS", read: of("peakMb"), unit: "MiB", ...clients, aim: "" },
    ];
  }),
  ...[
    { work: `sync of 100,000, both with \`${SMALL}\``, read: of("syncMs"), unit: "ms" },
    { work: "… longest event-loop block", read: of("longestBlockMs"), unit: "ms" },
    { work: "… peak RSS", read: of("syncPeakMb"), unit: "MiB" },
  ].map((row) => ({ ...row, theirs: `sync 100000 client-node ${SMALL}`, others: [`sync 100000 operatorkit ${SMALL}`], aim: "" })),
];

const short = (name: string): string => name.replace(/^\w+ \d+ (\S+).*/, "$1");
const values = (name: string, read: Row["read"]): number[] => (result.samples[name] ?? []).map((sample) => read(sample) ?? Number.NaN);
const rounded = (value: number): string => (value >= 1000 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 10) / 10));

function show(all: readonly number[]): string {
  if (all.length === 0) return "not done in 40 s";
  const { median, min, max } = measureOf(all);
  return `${rounded(median)} (${rounded(min)}–${rounded(max)})`;
}

/** The median of the ratios inside each round. */
function ratio(all: readonly number[], theirs: readonly number[]): string {
  const ratios = all.map((value, round) => value / (theirs[round] ?? Number.NaN)).toSorted((a, b) => a - b);
  return ratios.length === 0 ? "" : (ratios[Math.floor((ratios.length - 1) / 2)] ?? Number.NaN).toFixed(2);
}

function lines({ work, read, unit, theirs, others, aim }: Row): string[] {
  const base = values(theirs, read);
  return others.map((name, index) => {
    const own = values(name, read);
    return `| ${index === 0 ? work : ""} | ${unit} | ${show(base)} | ${short(name)} | ${show(own)} | **${ratio(own, base)}** | ${index === 0 ? aim : ""} |`;
  });
}

/** What one more object costs: the difference between 100,000 and 10,000 of them, so that the runtime's own share is out. */
function perObject(client: string, base: string, name: string): number[] {
  const large = values(`sync 100000 ${client}`, of(name));
  const small = values(`sync 10000 ${base}`, of(name));
  return large.map((value, round) => ((value - (small[round] ?? Number.NaN)) * 2 ** 20) / 90_000);
}

function perObjectLines(work: string, name: string, aim: string, base = "operatorkit"): string[] {
  const theirs = perObject("client-node", "client-node", name);
  return [base, `${base}-unread`].map((client, index) => {
    const ours = perObject(client, base, name);
    return `| ${index === 0 ? work : ""} | bytes | ${show(theirs)} | ${client} | ${show(ours)} | **${ratio(ours, theirs)}** | ${index === 0 ? aim : ""} |`;
  });
}

const { date, node, os, cpu, cores, commit, versions } = result.surroundings;
const { median, min, max } = result.loadAverage;
const { connections } = result;
const text = [
  "",
  `${result.rounds} rounds, median (range), ratio to client-node inside each round. ${String(date).slice(0, 10)}, commit ${String(commit)}, Node ${String(node)}, ${String(os)}, ${String(cores)} × ${String(cpu)}; ${Object.entries(
    versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}. Load average ${median} (${min}–${max}) on ${String(cores)} cores.`,
  "",
  "| work | | client-node | client | | ratio | aim |",
  "|---|---|--:|---|--:|--:|---|",
  ...rows.flatMap(lines),
  ...perObjectLines("live heap and external memory per object", "liveHeapMb", "≤ 0.33"),
  ...perObjectLines("… of metadata alone", "liveHeapMb", "≤ 0.15", "operatorkit-metadata"),
  ...perObjectLines("settled RSS per object", "settledRssMb", "≤ 0.5"),
  `| TLS connections of 200 GETs and 30 watches | | ${connections["client-node"]} | operatorkit | ${connections["operatorkit"]} | | 1 |`,
  "",
  "",
].join("\n");
const readme = new URL("../README.md", import.meta.url);
const page = readFileSync(readme, "utf8");
writeFileSync(
  readme,
  page.replace(
    /(<!-- informer-work -->\n)[\s\S]*?(<!-- \/informer-work -->)/,
    (_all, open: string, close: string) => `${open}${text}${close}`,
  ),
);
