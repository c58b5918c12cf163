import { systemClock, type Clock, type Metrics } from "@operatorkit/observe";
import { aFunction, checkOptions, required } from "@operatorkit/observe/options";
import { backoffRetryPolicy, constantBackoff, isPermanent, retry, type RetryPolicy } from "@operatorkit/retry";
import { someMetrics } from "../kubernetes-rules.ts";
import type { AnyResource } from "./resource.ts";
import { wrapResource, type ResourceFunction, type Wrapped } from "./wrap-resource.ts";

export interface RetryResourceOptions {
  /** @default 3 calls, 1 s apart */
  readonly policy?: RetryPolicy;
  readonly clock?: Clock;
}

/**
 * A resource whose functions are called again when they fail, as `policy` says; each failed call is logged, the last error is
 * thrown. A `PermanentError`, the end of the turn, and a cancelled resource or reconciliation end it at once.
 */
export function withRetry<R extends AnyResource>(resource: R, options: RetryResourceOptions = {}): Wrapped<R> {
  checkOptions("withRetry", options, { policy: aFunction });
  const { policy = THREE_CALLS, clock = systemClock } = options;
  return wrapResource(resource, ({ resource: name, function: fn, context }, run) =>
    retry(run, {
      policy: (error, attempt) =>
        context.isResourceCancelled || context.isReconciliationCancelled || isPermanent(error)
          ? { retry: false, delayMs: 0 }
          : policy(error, attempt),
      signal: context.signal,
      clock,
      onRetry: (error, { attempt, delayMs }) =>
        context.log.warn("a call failed and is made again", { resource: name, function: fn, error, attempt, delayMs }),
    }),
  );
}

export interface MeasureResourceOptions {
  readonly metrics: Metrics;
  readonly clock?: Clock;
}

/**
 * A resource whose calls are counted (before) and timed (after, also when they fail) in `operatorkit_controller_operation_total` and
 * `operatorkit_controller_operation`, by `resource` and `operation`. The names and operations are giantswarm/operatorkit's.
 */
export function withMetrics<R extends AnyResource>(resource: R, options: MeasureResourceOptions): Wrapped<R> {
  checkOptions("withMetrics", options, { metrics: required(someMetrics) });
  const { metrics, clock = systemClock } = options;
  const labels = ["resource", "operation"];
  const total = metrics.counter({ name: "operatorkit_controller_operation_total", help: "Calls of resources' functions.", labels });
  const seconds = metrics.histogram({ name: "operatorkit_controller_operation", help: "How long they took, in seconds.", labels });
  return wrapResource(resource, async ({ resource: name, function: fn }, run) => {
    const of = { resource: name, operation: OPERATIONS[fn] };
    total.add(1, of);
    const startMs = clock.monotonicMs();
    try {
      return await run();
    } finally {
      seconds.observe((clock.monotonicMs() - startMs) / 1000, of);
    }
  });
}

/** A resource whose calls are logged at `debug`: beginning, end and failure. The failure is thrown on. */
export function withLog<R extends AnyResource>(resource: R): Wrapped<R> {
  return wrapResource(resource, async ({ resource: name, function: fn, context }, run) => {
    const fields = { resource: name, function: fn };
    context.log.debug("begins", fields);
    try {
      const result = await run();
      context.log.debug("ended", fields);
      return result;
    } catch (error) {
      context.log.debug("failed", { ...fields, error });
      throw error;
    }
  });
}

const THREE_CALLS: RetryPolicy = backoffRetryPolicy({ backoff: constantBackoff(1000), maxRetries: 2 });

/** The last three say Patch where the functions say Change; dashboards know them so. */
const OPERATIONS: Readonly<Record<ResourceFunction, string>> = {
  ensureCreated: "EnsureCreated",
  ensureDeleted: "EnsureDeleted",
  getCurrentState: "GetCurrentState",
  getDesiredState: "GetDesiredState",
  newUpdatePatch: "NewUpdatePatch",
  newDeletePatch: "NewDeletePatch",
  applyCreateChange: "ApplyCreatePatch",
  applyUpdateChange: "ApplyUpdatePatch",
  applyDeleteChange: "ApplyDeletePatch",
};
