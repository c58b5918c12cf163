import type { KubernetesObject } from "@operatorkit/object";
import type { Clock, Logger, Metrics, Tracer } from "@operatorkit/observe";
import type { RetryDequeuePolicy, RetryPolicy } from "@operatorkit/retry";
import type { ResourceWatcher } from "@operatorkit/watcher";
import { requireOptions } from "../require-options.ts";
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
  requireOptions("informer controller", options);
  const { name, retryPolicy, retryDequeuePolicy, onError, concurrency } = options;
  const refuse: Refuse = (field, why) => {
    throw new TypeError(`informer controller ${name ?? ""}: ${field}: ${why}`);
  };
  if (name !== undefined && (typeof name !== "string" || name === "")) refuse("name", "must be a string, and not empty");
  if (retryPolicy !== undefined && retryPolicy !== null && typeof retryPolicy !== "function")
    refuse("retryPolicy", "must be a function, or null");
  const isPolicy = typeof retryDequeuePolicy === "function" || retryDequeuePolicy === undefined || retryDequeuePolicy === null;
  if (!isPolicy && retryDequeuePolicy !== "opinionated" && retryDequeuePolicy !== "dropAll") {
    refuse("retryDequeuePolicy", 'must be a function, "opinionated", "dropAll" or null');
  }
  if (onError !== undefined && typeof onError !== "function") refuse("onError", "must be a function");
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    refuse("concurrency", `${concurrency} must be a whole number, 1 or more`);
  }
  for (const field of ["retryTickMs", "stopGraceMs", "stopTimeoutMs"] as const) {
    const value = options[field];
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) refuse(field, `${value} must be a number, 0 or more`);
  }
  for (const field of ["watchers", "reconcilers", "informers"] as const) checkLists(field, options[field], refuse);
  checkSwitches(options.compatibility, refuse);
}

type Refuse = (field: string, why: string) => never;

/** What each of a list is, is looked at when it is added. */
function checkLists(field: "watchers" | "reconcilers" | "informers", byKind: unknown, refuse: Refuse): void {
  if (byKind === undefined) return;
  if (typeof byKind !== "object" || byKind === null || Array.isArray(byKind))
    refuse(field, `must be lists by kind, such as { things: [${field.slice(0, -1)}] }`);
  for (const [kind, list] of Object.entries(byKind))
    if (!Array.isArray(list)) refuse(`${field}.${kind}`, `must be a list, such as [${field.slice(0, -1)}]`);
}

/** A record, so that none is forgotten here. */
const SWITCHES: Readonly<Record<keyof InformerControllerCompatibility, true>> = {
  serialEvents: true,
  everyEvent: true,
  sharedMutableObjects: true,
};

/** A misspelt switch would be off without a word. */
function checkSwitches(compatibility: unknown, refuse: Refuse): void {
  if (compatibility === undefined) return;
  if (typeof compatibility !== "object" || compatibility === null)
    refuse("compatibility", `must be an object with ${Object.keys(SWITCHES).join(", ")}`);
  for (const [name, value] of Object.entries(compatibility)) {
    if (!Object.hasOwn(SWITCHES, name)) refuse(`compatibility.${name}`, `is no switch; there are ${Object.keys(SWITCHES).join(", ")}`);
    if (value !== undefined && typeof value !== "boolean") refuse(`compatibility.${name}`, `must be true or false, not ${typeof value}`);
  }
}
