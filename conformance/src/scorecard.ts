import type { Measure, Result } from "./results.ts";
import { counts, grouped } from "./summary.ts";

/** A full run as a page that is committed: what ran where, how it ended, and of which commit. */
export function scorecard(
  results: readonly Result[],
  measures: readonly Measure[],
  { commit, date }: { readonly commit: string; readonly date: string },
): string {
  const rows = Array.from(grouped(results), ([name, group]) => `| ${name} | ${counts(group)} |`);
  return [
    "# Scorecard",
    "",
    `Of \`pnpm conformance:full\` at commit ${commit}, ${date}. \`real\` is kube-apiserver 1.36.3, \`ours\` the server of \`@operatorkit/apiserver\`.`,
    "",
    "| server and suite | checks |",
    "| --- | --- |",
    ...rows,
    "",
    ...(measures.length === 0
      ? []
      : ["| measured | |", "| --- | --- |", ...measures.map(({ what, figure }) => `| ${what} | ${figure} |`), ""]),
  ].join("\n");
}
