import type { Results } from "./results.ts";
import { counts, grouped } from "./summary.ts";
import type { TargetName } from "./target.ts";

const SERVERS: Readonly<Record<TargetName, string>> = { real: "kube-apiserver 1.36.3", ours: "the server of `@operatorkit/apiserver`" };

/** A full run against one server as a page that is committed: what ran, how it ended, and of which commit. */
export function scorecard(target: TargetName, { all, measures }: Pick<Results, "all" | "measures">, { commit, date }: Version): string {
  const suites = Array.from(grouped(all.filter((result) => result.target === target)), ([name, group]) => [name, counts(group)]);
  const figures = measures.filter((measure) => measure.target === target).map(({ what, figure }) => [what, figure]);
  return [
    `# Scorecard: ${target}`,
    "",
    `Of \`pnpm conformance:full --target ${target}\` at commit ${commit}, ${date}, against ${SERVERS[target]}.`,
    "",
    ...table(["suite", "checks"], suites),
    ...(figures.length === 0 ? [] : table(["measured", ""], figures)),
  ].join("\n");
}

export interface Version {
  readonly commit: string;
  readonly date: string;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`), ""];
}
