import type { ScenarioResult } from "./run-scenario.ts";

export interface SubjectReport {
  readonly name: string;
  readonly version: string;
  readonly setting: string;
  /** Errors that would have ended a process without a handler of last resort. */
  readonly uncaught: number;
  readonly results: readonly ScenarioResult[];
}

export interface FaultsReport {
  readonly date: string;
  readonly node: string;
  readonly subjects: readonly SubjectReport[];
}

/** The table "faults survived", as Markdown. */
export function faultsTable({ date, node, subjects }: FaultsReport): string {
  const rows = subjects[0]?.results ?? [];
  const title = (subject: SubjectReport): string => `${subject.name} ${subject.version}`;
  const survived = ({ results }: SubjectReport): string => {
    const met = results.filter(({ isReached, problems }) => isReached || problems.length > 0);
    const unmet = results.length - met.length;
    return `${met.filter(({ problems }) => problems.length === 0).length} of ${met.length}${unmet === 0 ? "" : ` (${unmet} more are about what it does not ask for)`}`;
  };
  const cell = (subject: SubjectReport, { id, name }: ScenarioResult): string => {
    const result = subject.results.find((candidate) => candidate.id === id && candidate.name === name);
    if (result === undefined) return "not run";
    if (result.problems.length === 0) return result.isReached ? "survived" : "does not apply";
    return `**${result.problems.slice(0, 2).join("; ").replaceAll("|", "\\|")}**`;
  };
  const lines = [
    "# Faults survived",
    "",
    `Measured on ${date} with Node ${node} against \`ApiServer\` over TLS, each scenario on a server of its own. (HTTP/1.1), (HTTP/2), (TCP): what stands before it, \`src/wire/\`.`,
    "Survived means: within 6 s after the fault ended the copy and what the handlers were told equal the server's state, without ghosts; every deletion was told",
    "once, a re-created object as a deletion and an addition; versions never went back at any step, and nothing was made up; at most 20 requests in any 10 s (after a fault of 11 s: healed within 35 s; after a refused token, whose file some read once a minute: within 70 s).",
    "",
    ...subjects.map((subject) => `- **${title(subject)}**: ${survived(subject)}; ${subject.uncaught} uncaught errors. ${subject.setting}.`),
    "",
    "Limits on silence are shortened for all, as far as each lets itself be told. A fault that is about what a client never asks for (pages, WatchList) does not apply to it.",
    "Run it yourself: `node --conditions=source src/fault-scenarios/main.ts --subject operatorkit` (or `client-node`, `fluent-client`) in `conformance/`.",
    "",
    `| | fault | ${subjects.map(title).join(" | ")} |`,
    `|---|---|${subjects.map(() => "---|").join("")}`,
    ...rows.map((row) => `| ${row.id} | ${row.name} | ${subjects.map((subject) => cell(subject, row)).join(" | ")} |`),
    "",
  ];
  return lines.join("\n");
}
