import { isNotFound, type KubernetesObject } from "operatorkit";
import { ChangeCounts, type Counts } from "./change-counts.ts";
import { normalState } from "./normal-state.ts";
import { OperatorProcess } from "./operator-process.ts";
import { perturbationOf, STEP_MS, type Perturbation } from "./perturbation-of.ts";
import type { Plan } from "./plan.ts";
import type { WriteRequest } from "./process-transport.ts";
import type { Stage, Step, Subject } from "./subject.ts";
import type { World } from "./world.ts";
import { WriteEffects } from "./write-effects.ts";

/** What came of a run. */
export interface Outcome {
  /** At the end, as `normalState` tells it. */
  readonly state: readonly string[];
  readonly view: unknown;
  readonly summary: ReadonlyMap<string, Counts>;
  /** Writes of all processes up to the end of the story. */
  readonly writes: readonly WriteRequest[];
  /** The numbers of those that changed something; empty where the server does not tell. */
  readonly effective: readonly number[];
  /** Of these, those before which there is what was not there after the one before: others wrote in between, or the two went together. */
  readonly afterOthers: readonly number[];
  /** Lines of watches up to the end of the story. */
  readonly events: number;
  /** The numbers of those that came first in their piece. */
  readonly moments: readonly number[];
  /** Plural names of the kinds it watches. */
  readonly watched: readonly string[];
  readonly requests: number;
  readonly starts: number;
  /** Changes while a fresh process had nothing to do. */
  readonly quietChanges: number;
  /** What that process wrote. */
  readonly quietWrites: readonly WriteRequest[];
  readonly isReached: boolean;
  /** People and operator went on at the same time, as on the real server. */
  readonly isInRealTime: boolean;
  /** What was wrong by itself, whatever the reference says. */
  readonly problems: readonly string[];
}

export interface RunPlanOptions {
  readonly subject: Subject;
  readonly plan: Plan;
  readonly startWorld: (subject: Subject) => Promise<World>;
  /** What people do ends with the subject's removal. @default false */
  readonly isTheLastStepRemoval?: boolean;
}

const PROCESSES_END: ReadonlySet<Plan["type"]> = new Set(["crash", "restart", "time travel"]);
/** Long enough for every wait that a fault may have caused. */
const HEAL_MS = 90_000;
const QUIET_MS = 60_000;

/** Takes a subject through its story in a world of its own, while things go wrong as planned. Rejects only when the harness itself broke. */
export async function runPlan({ subject, plan, startWorld, isTheLastStepRemoval = false }: RunPlanOptions): Promise<Outcome> {
  const world = await startWorld(subject);
  const problems: string[] = [];
  let outcome: Omit<Outcome, "problems">;
  try {
    outcome = await perform({ subject, plan, world, problems, isTheLastStepRemoval });
  } finally {
    await world[Symbol.asyncDispose]();
  }
  problems.push(...world.leftovers().map((left) => `left behind: ${left}`));
  return { ...outcome, problems };
}

interface Performance {
  readonly subject: Subject;
  readonly plan: Plan;
  readonly world: World;
  readonly problems: string[];
  readonly isTheLastStepRemoval: boolean;
}

async function perform({ subject, plan, world, problems, isTheLastStepRemoval }: Performance): Promise<Omit<Outcome, "problems">> {
  const stage: Stage = { admin: world.admin, namespace: world.namespace, processesEnd: PROCESSES_END.has(plan.type) };
  const counts = await world.during(ChangeCounts.start(world.admin, subject.kinds, world.namespace));
  const effects = new WriteEffects();
  const perturbation: Perturbation = perturbationOf(plan, { subject, world, stage, process: () => process });
  const process = new OperatorProcess({ subject, world, interference: noting(effects, world, perturbation) });
  try {
    await world.during(process.start());
    await world.settle(STEP_MS);
    await tell(isTheLastStepRemoval ? [...subject.story, subject.remove] : subject.story, { world, stage, perturbation });
    await perturbation.atEnd?.();
    await world.settle(HEAL_MS, perturbation.quietMs);
    const { requests } = process;
    const before = {
      writes: [...requests.writes],
      events: requests.events,
      moments: [...requests.moments],
      requests: requests.total,
      starts: process.starts,
    };
    const summary = counts.summary();
    const state = await world.during(stateOf(subject, world));
    const view = subject.view?.(process.lines);

    await world.during(process.stop());
    const changesBefore = counts.changes;
    await world.during(process.start());
    await world.settle(QUIET_MS);
    const after = await world.during(stateOf(subject, world));
    if (JSON.stringify(after) !== JSON.stringify(state)) problems.push("the state changed after a quiet restart");
    if (JSON.stringify(subject.view?.(process.lines)) !== JSON.stringify(view))
      problems.push("people were told otherwise after a quiet restart");
    await world.during(process.stop());
    await world.during(process.idle());
    problems.push(...process.problems);
    return {
      ...before,
      state,
      view,
      summary,
      effective: effects.effective,
      afterOthers: effects.afterOthers,
      watched: [...requests.watched],
      quietChanges: counts.changes - changesBefore,
      quietWrites: requests.writes.slice(before.writes.length),
      isReached: perturbation.isReached(),
      isInRealTime: world.server === undefined,
    };
  } finally {
    process.kill();
    await world.during(process.idle());
    await world.during(counts.close());
  }
}

/** Goes through the steps, from the beginning again when the perturbation says so. */
async function tell(
  steps: readonly Step[],
  { world, stage, perturbation }: { readonly world: World; readonly stage: Stage; readonly perturbation: Perturbation },
): Promise<void> {
  for (let number = 1; number <= steps.length; number += 1) {
    await perturbation.beforeStep?.(number);
    await world.during(steps[number - 1]?.run(stage) ?? Promise.resolve());
    await world.settle(STEP_MS);
    if ((await perturbation.afterStep?.(number)) === true) number = 0;
  }
}

/** Notes which writes change something; on a server that can be asked at once. */
function noting(effects: WriteEffects, { server }: World, perturbation: Perturbation): Perturbation {
  if (server === undefined) return perturbation;
  return {
    ...perturbation,
    async beforeWrite(write) {
      await perturbation.beforeWrite?.(write);
      effects.begin(write, server.resourceVersion);
    },
    async afterWrite(write, answer) {
      effects.end(write, answer, server.resourceVersion);
      await perturbation.afterWrite?.(write, answer);
    },
  };
}

async function stateOf({ kinds, stateOf: reduce = (object) => object }: Subject, { admin, namespace }: World): Promise<readonly string[]> {
  const objects: KubernetesObject[] = [];
  for (const kind of kinds) {
    try {
      const listed = await admin.list(kind, kind.namespaced ? { namespace } : {}).toArray();
      objects.push(...listed);
    } catch (error) {
      // A kind that is gone has no objects.
      if (!isNotFound(error)) throw error;
    }
  }
  return normalState(objects.map(reduce));
}
