import type { Client, Clock, DefinedKind, Kind, KubernetesObject, Logger } from "operatorkit";

/** What one life of an operator is given. */
export interface ProcessContext {
  readonly client: Client;
  /** Where the story is told. */
  readonly namespace: string;
  /** Aborted when it shall stop, and when it was killed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Writes a line for people. */
  readonly print: (line: string) => void;
}

/** Where a story is told: people's rights, and a namespace that is empty at the start. */
export interface Stage {
  readonly admin: Client;
  readonly namespace: string;
  /** Processes may end on the way, and what they knew with them. */
  readonly processesEnd: boolean;
}

/** What people do in one go. The operator has the time it needs before the next step. */
export interface Step {
  readonly name: string;
  /** A step also runs where somebody deleted what it is about: it then does without. */
  run(stage: Stage): Promise<void>;
}

/** Something that somebody else does to what the operator looks after. */
export interface ForeignAct {
  readonly name: string;
  /** Does nothing when what it is about is not there. */
  run(stage: Stage): Promise<void>;
  /** `reference`: the operator puts it right. `removal`: it ends as if the step `remove` had been the last one. */
  readonly leadsTo: "reference" | "removal";
  /** Kinds of which objects may be deleted and made again more often than in the reference run, as often deleted as made. */
  readonly remakes?: readonly string[];
}

/** An operator under perturbation: how to run it, what people do meanwhile, and what there is to compare. */
export interface Subject {
  readonly name: string;
  /** Installed before the story; the first one is the operator's own. */
  readonly crds: readonly DefinedKind[];
  /** Whether devcluster's controllers run beside it: garbage collection, pods, deployments. */
  readonly needsControllers: boolean;
  /** Compared at the end, and counted. Events are not: they are told at best effort. */
  readonly kinds: readonly Kind[];
  readonly story: readonly Step[];
  /** Takes away what the story made first. */
  readonly remove: Step;
  readonly foreign: readonly ForeignAct[];
  /** Names of objects that hold an entry of each of the operator's, and only a cleanup takes it out. */
  readonly ledgers?: readonly string[];
  /** What people believe after reading what the last process printed. */
  view?(lines: readonly string[]): unknown;
  /** Takes out of an object what tells its history rather than its state. */
  stateOf?(object: KubernetesObject): KubernetesObject;
  /** Resolves when `signal` was aborted and everything is put away. */
  start(process: ProcessContext): Promise<void>;
}
