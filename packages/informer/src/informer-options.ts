import type { ListWatch } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { Clock, Logger, Metrics } from "@operatorkit/observe";
import { aBoolean, aFunction, aNumber, aRecord, aString, required, type Rule } from "@operatorkit/observe/options";
import type { InformerErrorContext } from "./error-reporter.ts";
import type { SilenceLimits } from "./silence-limits.ts";
import type { IndexFunction } from "./store-index.ts";
import type { Transform } from "./transformed-list-watch.ts";

export interface InformerOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  /** In logs, metrics and health checks. @default `informer-<plural>.<group>/<version>` */
  readonly name?: string | undefined;
  /** `{ node: (pod) => pod.spec?.nodeName }`: what `lister.byIndex("node", …)` finds. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>> | undefined;
  /**
   * Makes what is kept, indexed and told of each object, when it is first read. An object whose transform throws, or changes who the object
   * is, is kept as it came, and `onError` is told. Source: client-go `SetTransform`, which changes the object in place.
   */
  readonly transform?: Transform<T> | undefined;
  /** Tell every object again this often, as an update from itself to itself. @default never */
  readonly resyncMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
  /** Told of every error; the default logs. What it throws is logged and dropped. */
  readonly onError?: ((error: unknown, context: InformerErrorContext) => void) | undefined;
  /** A handler call that takes longer raises the alarm. @default 30_000 */
  readonly handlerAlarmMs?: number | undefined;
  /** The copy counts as stale when nothing was heard from the server for longer. @default 150_000 */
  readonly staleAfterMs?: number | undefined;
  /** How long `run` waits, once stopped, for handler calls that run. @default 5_000 */
  readonly stopGraceMs?: number | undefined;
  /** Objects per page of a list. @default 500 */
  readonly pageSize?: number | undefined;
  readonly silence?: Partial<SilenceLimits> | undefined;
  /** Ask for the initial objects by a watch (KEP-3157), falling back to a list. @default false */
  readonly useWatchList?: boolean | undefined;
  /** Where jitter comes from: 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** What each option must be but `listWatch`, which not everyone who takes the others is given. */
export const informerRules: Readonly<Record<Exclude<keyof InformerOptions<KubernetesObject>, Checked>, Rule>> = {
  name: aString,
  indexes: aRecord(required(aFunction)),
  transform: aFunction,
  resyncMs: aNumber({ above: 0 }),
  handlerAlarmMs: aNumber({ above: 0 }),
  staleAfterMs: aNumber({ above: 0 }),
  stopGraceMs: aNumber({ atLeast: 0 }),
  pageSize: aNumber({ atLeast: 1, whole: true }),
  silence: aRecord(aNumber({ above: 0 })),
  useWatchList: aBoolean,
  random: aFunction,
};

/** The last four are looked at by `checkOptions` itself. */
type Checked = "listWatch" | "clock" | "logger" | "metrics" | "onError";
