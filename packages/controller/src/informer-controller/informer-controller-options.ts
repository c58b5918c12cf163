import type { KubernetesObject } from "@operatorkit/object";
import type { Clock, Logger, Metrics, Tracer } from "@operatorkit/observe";
import {
  aBoolean,
  aList,
  aNumber,
  anObject,
  aRecord,
  aString,
  checkOptions,
  must,
  optionError,
  type Rule,
} from "@operatorkit/observe/options";
import type { RetryDequeuePolicy, RetryPolicy } from "@operatorkit/retry";
import type { ResourceWatcher } from "@operatorkit/watcher";
import type { EventSource } from "./event-source.ts";
import type { FailedAttempt } from "./informer-controller-run.ts";
import type { ResourceReconciler } from "./resource-reconciler.ts";

/** What grafana-app-sdk's controller did otherwise at v0.9.10. All off by default. */
export interface InformerControllerCompatibility {
  /**
   * The events of one informer are handled strictly one after the other, whatever objects they are about; those of different informers
   * side by side. They wait in the informer, which merges what happens to one object meanwhile.
   */
  readonly serialEvents?: boolean;
  /** Events that wait are all told, instead of one merged event per object. Then memory grows with events, not with objects. */
  readonly everyEvent?: boolean;
  /** The handlers of an event, and its retries, share one copy that they may change: what one changes, the next sees. */
  readonly sharedMutableObjects?: boolean;
}

export interface InformerControllerOptions {
  /** In logs, metrics and health checks. @default "informer-controller" */
  readonly name?: string;
  /** What to begin with, by kind: as `addInformer`. */
  readonly informers?: Readonly<Record<string, readonly EventSource[]>>;
  /** What to begin with, by kind: as `addWatcher`. */
  readonly watchers?: Readonly<Record<string, readonly ResourceWatcher<KubernetesObject>[]>>;
  /** What to begin with, by kind: as `addReconciler`. */
  readonly reconcilers?: Readonly<Record<string, readonly ResourceReconciler[]>>;
  /** Whether and when a failed handler is called again with the same event; `null` for never. @default defaultRetryPolicy */
  readonly retryPolicy?: RetryPolicy | null;
  /**
   * Which retries a new event of the object drops. `null` and `"dropAll"` drop them all, as v0.9.10 did by default.
   * @default opinionatedRetryDequeuePolicy
   */
  readonly retryDequeuePolicy?: RetryDequeuePolicy | "opinionated" | "dropAll" | null;
  /** Due times of retries are rounded up to multiples of this; v0.9.10 had 1_000. @default 0: retried when due */
  readonly retryTickMs?: number;
  /** Told of every failed attempt. What it throws is logged. @default logs */
  readonly onError?: (error: unknown, attempt: FailedAttempt) => void;
  /** Objects that are handled at the same time; one object never is. @default 10 */
  readonly concurrency?: number;
  /** After a stop, how long handlers that run may go on before their signals are aborted. @default 5_000 */
  readonly stopGraceMs?: number;
  /** After a stop, how long handlers are waited for in all; then `run` rejects and names those that did not end. @default 30_000 */
  readonly stopTimeoutMs?: number;
  readonly compatibility?: InformerControllerCompatibility;
  readonly clock?: Clock;
  /** @default what `run` is given */
  readonly logger?: Logger;
  /** @default what `run` is given */
  readonly metrics?: Metrics;
  /** Gets a span for each call of a handler, retries too; each is the first of a trace. @default what `run` is given */
  readonly tracer?: Tracer;
}

/** @throws {TypeError} naming the option that cannot work. */
export function checkInformerControllerOptions(options: InformerControllerOptions): void {
  checkOptions("InformerController", options, {
    name: aString,
    informers: listsByKind("informer"),
    watchers: listsByKind("watcher"),
    reconcilers: listsByKind("reconciler"),
    retryPolicy: must("be a function, or null", (value) => value === null || typeof value === "function"),
    retryDequeuePolicy: must('be a function, "opinionated", "dropAll" or null', isDequeuePolicy),
    retryTickMs: aNumber({ atLeast: 0, finite: true }),
    concurrency: aNumber({ atLeast: 1, whole: true }),
    stopGraceMs: aNumber({ atLeast: 0, finite: true }),
    stopTimeoutMs: aNumber({ atLeast: 0, finite: true }),
    compatibility: anObject(SWITCHES),
  });
  for (const name of Object.keys(options.compatibility ?? {})) {
    // A misspelt switch would be off without a word.
    if (!Object.hasOwn(SWITCHES, name))
      throw optionError("InformerController", `compatibility.${name}`, `is no switch; there are ${Object.keys(SWITCHES).join(", ")}`);
  }
}

/** What each of a list is, is looked at when it is added. */
function listsByKind(one: string): Rule {
  const example = `lists by kind are meant, such as { things: [${one}] }`;
  const lists = aRecord(aList());
  return {
    problem(field, value) {
      const problem = lists.problem(field, value);
      return problem === undefined ? undefined : `${problem}; ${example}`;
    },
  };
}

function isDequeuePolicy(value: unknown): boolean {
  return typeof value === "function" || value === null || value === "opinionated" || value === "dropAll";
}

/** A record, so that none is forgotten here. */
const SWITCHES: Readonly<Record<keyof InformerControllerCompatibility, Rule>> = {
  serialEvents: aBoolean,
  everyEvent: aBoolean,
  sharedMutableObjects: aBoolean,
};
