import type { Counts } from "./change-counts.ts";
import type { Plan } from "./plan.ts";
import type { Outcome } from "./run-plan.ts";

/** What the reference runs came to: the story as it is, and the story with the removal as its last step. */
export interface References {
  readonly story: Outcome;
  readonly removal: Outcome;
}

/** What is wrong with the outcome of a plan; empty when nothing is. */
export function judge(plan: Plan, outcome: Outcome, references: References, ledgers: readonly string[] = []): readonly string[] {
  const leadsTo = plan.type === "foreign" || plan.type === "foreign after step" ? plan.act.leadsTo : "reference";
  const reference = leadsTo === "removal" ? references.removal : references.story;
  return [
    ...(outcome.isReached ? [] : ["the fault never happened"]),
    ...stateDifferences(plan, outcome.state, reference.state, ledgers),
    ...(JSON.stringify(outcome.view) === JSON.stringify(reference.view)
      ? []
      : [`people were told ${JSON.stringify(outcome.view)} instead of ${JSON.stringify(reference.view)}`]),
    ...summaryDifferences(plan, outcome, reference.summary),
    ...quiet(outcome),
    ...tooBusy(outcome, reference),
    ...outcome.problems,
  ];
}

function stateDifferences(
  plan: Plan,
  state: readonly string[],
  expected: readonly string[],
  ledgers: readonly string[],
): readonly string[] {
  const missing = without(expected, state);
  const extra = without(state, expected);
  // Who was shown the past may have made again what is gone by now, and nothing in the present tells of it. What is to be there must be.
  const isHarmless = (line: string): boolean => wasShownThePast(plan) && ledgers.some((name) => line.includes(`"name":"${name}"`));
  return [
    ...missing.filter((line) => !isHarmless(line)).map((line) => `missing at the end: ${line}`),
    ...(wasShownThePast(plan) ? [] : extra.map((line) => `not to be there at the end: ${line}`)),
  ];
}

function wasShownThePast(plan: Plan): boolean {
  return plan.type === "time travel" && plan.reads === "stale";
}

/** A multiset's difference. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/**
 * As often created and as often deleted as in the reference run, but:
 * - what comes and goes need not be seen by anybody: objects that are gone in the end may never have been made, or once; and once more by who could not
 *   see that their owner went;
 * - who did not see all that happened need not have followed it: of objects with generated names, which are counted together, as many fewer may have been
 *   made as deleted; and as many more after an event that was never sent, where the copy was wrong;
 * - who was not told that an object with a generated name was made may have made one more before hearing of it, and taken one away again;
 * - what somebody else deleted is made again;
 * - who was shown the past may have made again what is gone by now; what is to be there is not touched;
 * - after the CRD was deleted all is told twice.
 */
function summaryDifferences(plan: Plan, outcome: Outcome, expected: ReadonlyMap<string, Counts>): readonly string[] {
  const { summary } = outcome;
  if (plan.type === "CRD deleted") return [];
  const problems: string[] = [];
  for (const id of new Set([...summary.keys(), ...expected.keys()])) {
    const is = summary.get(id) ?? NONE;
    const was = expected.get(id) ?? NONE;
    const more = is.created - was.created;
    if (more === 0 && is.deleted === was.deleted) continue;
    const isGone = was.created === was.deleted;
    if (isGone && is.created === is.deleted && is.created <= Math.max(was.created, 1) + (hasGaps(plan, outcome) ? 1 : 0)) continue;
    if (isGone && wasShownThePast(plan)) continue;
    const isBalanced = more === is.deleted - was.deleted;
    if (isBalanced && id.includes("*") && (plan.type === "dropped event" || (more < 0 && hasGaps(plan, outcome)))) continue;
    if (isBalanced && id.includes("*") && plan.type === "lost answer" && more === 1) continue;
    if (isBalanced && isRemade(plan, id, more)) continue;
    problems.push(`${id}: created ${is.created} and deleted ${is.deleted} times instead of ${was.created} and ${was.deleted}`);
  }
  return problems;
}

const NONE: Counts = { created: 0, deleted: 0 };

/** Who starts while people act lists one kind before it happens and the next one after; in virtual time nobody acts meanwhile. */
function hasGaps({ type }: Plan, { isInRealTime }: Outcome): boolean {
  if (type === "crash" || type === "restart") return isInRealTime;
  return type === "missed events" || type === "stale view" || type === "time travel";
}

function isRemade(plan: Plan, id: string, more: number): boolean {
  if (plan.type !== "foreign" && plan.type !== "foreign after step") return false;
  return more > 0 && more <= MOST_REMADE && (plan.act.remakes ?? []).some((kind) => id.startsWith(`${kind} `));
}

/** What one act of somebody else may take away at most. */
const MOST_REMADE = 4;

function quiet({ quietChanges, quietWrites }: Outcome): readonly string[] {
  if (quietChanges === 0) return [];
  const writes = quietWrites.map(({ method, path }) => `${method} ${path}`).join(", ");
  return [`${quietChanges} changes after a quiet restart; it sent ${writes === "" ? "nothing" : writes}`];
}

/** Twice the story's own requests, and what a start and a minute of backoff take, for every process. */
function tooBusy({ requests, starts }: Outcome, reference: Outcome): readonly string[] {
  const most = 2 * reference.requests + 60 * starts + 60;
  return requests > most ? [`${requests} requests, more than ${most}`] : [];
}
