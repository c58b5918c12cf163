import type { ForeignAct } from "./subject.ts";

/** One perturbation of a run, as plain data. Writes, events and steps are counted from 1, as in the reference run. */
export type Plan =
  /** Nothing goes wrong. */
  | { readonly type: "reference" }
  /** The process is killed before a write, or when it is done and not yet heard of; another one starts at once. */
  | { readonly type: "crash"; readonly at: "before" | "after"; readonly write: number }
  /** A write is done, and its answer lost; the process lives on. */
  | { readonly type: "lost answer"; readonly write: number }
  /** The process is asked to stop when an event of a watch comes in; the next one starts when it has. */
  | { readonly type: "restart"; readonly event: number }
  /** From before a step on, the watches of the process show a kind as it was, as those of a server that lags; released after `forSteps` steps. */
  | { readonly type: "stale view"; readonly kind: string; readonly step: number; readonly forSteps: number }
  /**
   * After a step the process is killed, and the next one meets a server that shows what was before the step; released in time. `consistent` reads (a list
   * without a version) show the present, as kube-apiserver promises; `stale` ones do not, as Sieve plays it.
   */
  | { readonly type: "time travel"; readonly step: number; readonly forMs: number; readonly reads: "consistent" | "stale" }
  /** The lists and watches of the process are refused during some steps. */
  | { readonly type: "missed events"; readonly step: number; readonly forSteps: number }
  /** One event is never sent. At the end history is forgotten, so that a list makes up for it. */
  | { readonly type: "dropped event"; readonly event: number }
  /** Somebody else acts just before a write of the operator, or after a step. */
  | { readonly type: "foreign"; readonly act: ForeignAct; readonly write: number }
  | { readonly type: "foreign after step"; readonly act: ForeignAct; readonly step: number }
  /** After a step the operator's CRD is deleted; half a minute later it comes back, and the story begins anew. */
  | { readonly type: "CRD deleted"; readonly step: number };

export function planName(plan: Plan): string {
  switch (plan.type) {
    case "reference":
      return "reference";
    case "crash":
      return `crash ${plan.at} write ${plan.write}`;
    case "lost answer":
      return `lost answer of write ${plan.write}`;
    case "restart":
      return `restart at event ${plan.event}`;
    case "stale view":
      return `stale view of ${plan.kind} from step ${plan.step} for ${plan.forSteps}`;
    case "time travel":
      return `time travel after step ${plan.step} for ${plan.forMs / 1000} s, reads ${plan.reads}`;
    case "missed events":
      return `missed events from step ${plan.step} for ${plan.forSteps}`;
    case "dropped event":
      return `event ${plan.event} never sent`;
    case "foreign":
      return `${plan.act.name} before write ${plan.write}`;
    case "foreign after step":
      return `${plan.act.name} after step ${plan.step}`;
    case "CRD deleted":
      return `CRD deleted after step ${plan.step}`;
  }
}
