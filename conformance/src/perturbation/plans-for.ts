import type { Outcome } from "./run-plan.ts";
import type { Plan } from "./plan.ts";
import type { Subject } from "./subject.ts";

/** What needs a server that shows the past, or forgets what it has not sent. */
const NEEDS_OURS: ReadonlySet<Plan["type"]> = new Set(["time travel", "dropped event"]);

/** Every plan for a subject, from what its reference run did. The same run gives the same plans. */
export function plansFor(subject: Subject, reference: Outcome): readonly Plan[] {
  const { foreign, story, crds } = subject;
  // Crashing around a write that changes nothing is crashing somewhere else; the real server does not say which those are.
  const writes = reference.effective.length > 0 ? reference.effective : reference.writes.map(({ number }) => number);
  const steps = story.map((_, index) => index + 1);
  const events = Array.from({ length: reference.events }, (_, index) => index + 1);
  return [
    ...writes.flatMap((write): Plan[] => [
      // Where nothing happened since the write before, a crash finds what one after that write finds.
      ...(reference.effective.length === 0 || reference.afterOthers.includes(write)
        ? ([{ type: "crash", at: "before", write }] as const)
        : []),
      { type: "crash", at: "after", write },
      { type: "lost answer", write },
    ]),
    ...reference.moments.map((event): Plan => ({ type: "restart", event })),
    ...events.map((event): Plan => ({ type: "dropped event", event })),
    ...steps.flatMap((step): Plan[] => [
      { type: "missed events", step, forSteps: 1 },
      ...(step < story.length ? ([{ type: "missed events", step, forSteps: 2 }] as const) : []),
      { type: "time travel", step, forMs: 40_000, reads: "consistent" },
      { type: "time travel", step, forMs: 2_000, reads: "stale" },
      { type: "time travel", step, forMs: 40_000, reads: "stale" },
    ]),
    ...steps.flatMap((step) =>
      watchedKinds(subject, reference).flatMap((kind): Plan[] => [
        { type: "stale view", kind, step, forSteps: 1 },
        ...(step + 1 < story.length ? ([{ type: "stale view", kind, step, forSteps: 3 }] as const) : []),
      ]),
    ),
    ...foreign.flatMap((act) => spread(writes, MOST_TIMES).map((write): Plan => ({ type: "foreign", act, write }))),
    ...foreign.flatMap((act) => steps.map((step): Plan => ({ type: "foreign after step", act, step }))),
    ...(crds.length > 0 ? steps.map((step): Plan => ({ type: "CRD deleted", step })) : []),
  ];
}

/** As many of each sort, spread over the run; always the same ones. */
export function quickPlans(plans: readonly Plan[], perSort: number): readonly Plan[] {
  const sorts = Map.groupBy(plans, (plan) => (plan.type === "crash" ? `crash ${plan.at}` : plan.type));
  return [...sorts.values()].flatMap((group) => {
    return spread(group, perSort);
  });
}

/** How many points of a run each act of somebody else is tried at. */
const MOST_TIMES = 12;

function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor(((index + 0.5) * items.length) / most)] as T);
}

/** Those for a server that is not ours. */
export function plansWithoutFaults(plans: readonly Plan[]): readonly Plan[] {
  return plans.filter(({ type }) => !NEEDS_OURS.has(type));
}

function watchedKinds({ kinds, crds }: Subject, { watched }: Outcome): readonly string[] {
  const known = new Map([...kinds, ...crds].map(({ plural, kind }) => [plural, kind]));
  return watched.flatMap((plural) => known.get(plural) ?? []);
}
