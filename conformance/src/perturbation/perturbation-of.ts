import { TransportError } from "@operatorkit/client";
import { CustomResourceDefinition } from "@operatorkit/object/kinds";
import { crdFor, ensureCustomResources, type Kind } from "operatorkit";
import type { OperatorProcess } from "./operator-process.ts";
import type { Plan } from "./plan.ts";
import type { Interference } from "./process-transport.ts";
import type { Stage, Subject } from "./subject.ts";
import { OPERATOR_AGENT, type World } from "./world.ts";

/** A plan in the making: what it does at which point of the run. */
export interface Perturbation extends Interference {
  /** In real time, how long nothing must happen before all is healed. @default as at any other time */
  readonly quietMs?: number;
  /** Whether it has happened. */
  isReached(): boolean;
  /** Just before what people do in a step, counted from 1. */
  beforeStep?(step: number): Promise<void> | void;
  /** After it, when all was quiet. True: the story begins anew. */
  afterStep?(step: number): Promise<boolean> | boolean;
  /** After the last step. */
  atEnd?(): Promise<void> | void;
}

export interface PerturbationOptions {
  readonly subject: Subject;
  readonly world: World;
  readonly stage: Stage;
  /** The process, once there is one. */
  readonly process: () => OperatorProcess;
}

/** Turns a plan into what happens when. */
export function perturbationOf(plan: Plan, { subject, world, stage, process }: PerturbationOptions): Perturbation {
  let isReached = false;
  const reach = (): true => (isReached = true);
  const reached = { isReached: () => isReached };
  const server = (): NonNullable<World["server"]> => {
    if (world.server === undefined) throw new Error(`${plan.type} needs a server whose faults can be ordered`);
    return world.server;
  };
  let release = (): void => {};
  const end = (): void => {
    release();
    release = () => {};
  };

  switch (plan.type) {
    case "reference":
      return { isReached: () => true };
    case "crash": {
      const hook = ({ number }: { readonly number: number }): void => {
        if (number === plan.write && reach()) process().crash();
      };
      return { ...reached, ...(plan.at === "before" ? { beforeWrite: hook } : { afterWrite: hook }) };
    }
    case "lost answer": {
      const lost: Interference["afterWrite"] = ({ number }) => {
        if (number === plan.write && reach()) throw new LostAnswer();
      };
      return { ...reached, quietMs: RETRY_MS, afterWrite: lost };
    }
    case "restart":
      return {
        ...reached,
        onEvent: (number) => {
          if (number === plan.event && reach()) process().restart();
        },
      };
    case "stale view": {
      let held: PromiseWithResolvers<void> | undefined;
      const { plural } = kindNamed(subject, plan.kind);
      const freeze = (): (() => void) => {
        if (world.server !== undefined) return world.server.freeze({ kind: plan.kind, userAgent: OPERATOR_AGENT, consistentReads: true });
        held = Promise.withResolvers();
        return () => {
          held?.resolve();
          held = undefined;
        };
      };
      return {
        ...reached,
        heldBack: (watched) => (watched === plural ? held?.promise : undefined),
        beforeStep: (step) => {
          if (step === plan.step && reach()) release = freeze();
        },
        afterStep: (step) => {
          if (step === plan.step + plan.forSteps - 1) end();
          return false;
        },
        atEnd: end,
      };
    }
    case "time travel": {
      let before = "";
      return {
        ...reached,
        beforeStep: (step) => {
          if (step === plan.step) before = server().resourceVersion;
        },
        afterStep: async (step) => {
          if (step !== plan.step) return false;
          reach();
          process().kill();
          release = server().freeze({ at: before, userAgent: OPERATOR_AGENT, consistentReads: plan.reads === "consistent" });
          void process().start();
          await world.settle(plan.forMs);
          end();
          return false;
        },
      };
    }
    case "missed events": {
      let areRefused = false;
      return {
        ...reached,
        quietMs: RETRY_MS,
        refusalOf: () => (areRefused ? 503 : undefined),
        beforeStep: (step) => {
          if (step !== plan.step) return;
          areRefused = reach();
          process().cut();
        },
        afterStep: (step) => {
          if (step === plan.step + plan.forSteps - 1) areRefused = false;
          return false;
        },
        atEnd: () => void (areRefused = false),
      };
    }
    case "dropped event": {
      const rule = server().faults.add({
        when: { verb: "watch", userAgent: OPERATOR_AGENT, event: { nth: plan.event, times: 1 } },
        do: { type: "drop" },
      });
      return {
        isReached: () => rule.hits > 0,
        // Nobody can know of an event that nothing follows, but who lists again: a server forgets history, and says so.
        atEnd: async () => {
          const expire = server().faults.add({ when: { verb: "watch", userAgent: OPERATOR_AGENT }, do: { type: "expire" } });
          server().faults.cut({ userAgent: OPERATOR_AGENT });
          await world.settle(STEP_MS);
          expire.remove();
        },
      };
    }
    case "foreign":
      return {
        ...reached,
        beforeWrite: async ({ number }) => {
          if (number === plan.write && reach()) await plan.act.run(stage);
        },
      };
    case "foreign after step":
      return {
        ...reached,
        afterStep: async (step) => {
          if (step !== plan.step) return false;
          reach();
          await world.during(plan.act.run(stage));
          await world.settle(STEP_MS);
          return false;
        },
      };
    case "CRD deleted": {
      let isDone = false;
      return {
        ...reached,
        quietMs: RETRY_MS,
        afterStep: async (step) => {
          if (step !== plan.step || isDone) return false;
          isDone = reach();
          await deleteCrd(subject, world);
          await world.settle(30_000, 1_000);
          await installAgain(subject, world);
          await world.settle(60_000, RETRY_MS);
          return true;
        },
      };
    }
  }
}

/** In real time, how far away the next try may be: handlers of an InformerController are tried again after 5 s. */
const RETRY_MS = 8_000;

/** Time for the operator between two steps. */
export const STEP_MS = 10_000;

function kindNamed({ kinds, crds }: Subject, name: string): Kind {
  const found = [...kinds, ...crds].find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`this subject has no kind ${name}`);
  return found;
}

async function deleteCrd({ crds }: Subject, world: World): Promise<void> {
  const [crd] = crds;
  if (crd === undefined) throw new Error("this subject has no CRD");
  await world.during(world.admin.delete(CustomResourceDefinition, { name: `${crd.plural}.${crd.group}` }));
}

async function installAgain({ crds }: Subject, world: World): Promise<void> {
  const manifests = crds.map((kind) => crdFor(kind));
  await world.during(ensureCustomResources(world.admin, manifests, { clock: world.clock }));
}

/** The connection broke after the server had acted. */
class LostAnswer extends TransportError {
  constructor() {
    super("the connection was cut before the answer came", { wasSent: true });
  }
}
