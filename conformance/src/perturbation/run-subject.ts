import { judge, type References } from "./judge.ts";
import { planName, type Plan } from "./plan.ts";
import { plansFor } from "./plans-for.ts";
import { runPlan } from "./run-plan.ts";
import type { Subject } from "./subject.ts";
import type { World } from "./world.ts";

export interface PlanResult {
  readonly name: string;
  /** Empty when it came to the same end as the reference. */
  readonly problems: readonly string[];
  readonly durationMs: number;
}

export interface RunSubjectOptions {
  readonly subject: Subject;
  readonly startWorld: (subject: Subject) => Promise<World>;
  readonly signal: AbortSignal;
  /** Runs the story once more without faults: whether the reference is one. @default false */
  readonly isReferenceChecked?: boolean;
  /** Which of all plans are carried out. */
  readonly choose: (plans: readonly Plan[]) => readonly Plan[];
  readonly onResult: (result: PlanResult) => void;
}

/**
 * Runs a subject without faults, derives the plans from what it did, and carries them out, one after the other. Each run has a world of its own. The
 * reference run is a result, too: it must be quiet.
 */
export async function runSubject({
  subject,
  startWorld,
  signal,
  isReferenceChecked = false,
  choose,
  onResult,
}: RunSubjectOptions): Promise<void> {
  const run = async (name: string, work: () => Promise<readonly string[]>): Promise<void> => {
    const started = performance.now();
    let problems: readonly string[];
    try {
      problems = await work();
    } catch (error) {
      problems = [error instanceof Error ? error.message : String(error)];
    }
    onResult({ name, problems, durationMs: performance.now() - started });
  };
  let references: References | undefined;
  let all: readonly Plan[] = [];
  await run("the reference run", async () => {
    const story = await runPlan({ subject, plan: REFERENCE, startWorld });
    const removal = await runPlan({ subject, plan: REFERENCE, startWorld, isTheLastStepRemoval: true });
    references = { story, removal };
    all = plansFor(subject, story);
    const again = isReferenceChecked ? await runPlan({ subject, plan: REFERENCE, startWorld }) : story;
    return [...judge(REFERENCE, again, references, subject.ledgers), ...story.problems, ...removal.problems];
  });
  if (references === undefined) return;
  const known = references;
  for (const plan of choose(all)) {
    if (signal.aborted) return;
    await run(planName(plan), async () => {
      let outcome = await runPlan({ subject, plan, startWorld });
      for (let runs = 1; !outcome.isReached && runs < MOST_RUNS; runs += 1) outcome = await runPlan({ subject, plan, startWorld });
      return judge(plan, outcome, known, subject.ledgers);
    });
  }
}

/** On a machine with other work, things that happen at once happen in another order, and a run may have an event less than the reference. */
const MOST_RUNS = 3;

const REFERENCE: Plan = { type: "reference" };
