import type { Seen } from "../fault-scenarios/subject.ts";

/** How an operator process is set up: its only argument, as JSON. */
export interface OperatorSettings {
  readonly url: string;
  readonly caPem: string | undefined;
  readonly token: string;
  readonly namespace: string;
  /** Limits on silence of a second or so in place of the defaults, for tests of ten seconds. */
  readonly isImpatient: boolean;
}

/** From the operator process: what its handlers are told, as it happens, and what it was asked for. */
export type FromOperator =
  | { readonly type: "synced" }
  | { readonly type: "added" | "updated" | "deleted"; readonly object: Seen }
  | { readonly type: "looked"; readonly look: Look };

/** To the operator process: stand still, in the midst of its event loop; set timers; say how things are. */
export type ToOperator =
  | { readonly type: "block"; readonly ms: number }
  | { readonly type: "set timers"; readonly dueMs: readonly number[] }
  | { readonly type: "look" };

/** How things are in an operator process. */
export interface Look {
  readonly cache: readonly Seen[];
  /** Requests that were sent so far. */
  readonly requests: number;
  /** When each object had its turns; each asks for the next `REQUEUE_MS` later. */
  readonly turns: Readonly<Record<string, readonly number[]>>;
  /** How late each timer that was set has fired, in the order they fired. */
  readonly lateMs: readonly number[];
}

export const REQUEUE_MS = 400;
