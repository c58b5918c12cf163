import type { Outcome, Result } from "./results.ts";

const MARKS: Readonly<Record<Outcome, string>> = { passed: "✓", failed: "✗", skipped: "-", "known difference": "≠" };

/** The report of a run as text: what failed and what was skipped, a line for each suite and target, and the counts last. */
export function summary(results: readonly Result[]): string {
  const lines = results.filter(({ outcome }) => outcome !== "passed").flatMap(told);
  if (lines.length > 0) lines.push("");
  for (const [name, group] of grouped(results)) {
    const ms = Math.max(0, ...group.map((result) => result.durationMs));
    lines.push(`${name}: ${counts(group)} (slowest ${Math.round(ms)} ms)`);
  }
  lines.push("", counts(results));
  return lines.join("\n");
}

/** One result with its reason, in lines. */
export function told({ target, suite, check, outcome, detail }: Result): string[] {
  const reasons = detail?.split("\n").map((line) => `      ${line}`) ?? [];
  return [`${MARKS[outcome]} ${target} | ${suite} | ${check}`, ...reasons];
}

/** `12 passed, 0 failed, 1 skipped`: a known difference counts as passed and is told apart. */
export function counts(results: readonly Result[]): string {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const known = count("known difference");
  const differences = known === 0 ? "" : ` (${known} known differences)`;
  return `${count("passed") + known} passed, ${count("failed")} failed, ${count("skipped")} skipped${differences}`;
}

/** Results by server and suite, as `ours api`, in the order they came. */
export function grouped(results: readonly Result[]): Map<string, Result[]> {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const name = `${result.target} ${result.suite}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [result]);
    else group.push(result);
  }
  return groups;
}
