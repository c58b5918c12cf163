import type { ResourceAction } from "@operatorkit/object";
import type { Metrics } from "@operatorkit/observe";

/** How a retry ended, as grafana-app-sdk counts it. `requeue`: it asked to be called again. */
export type RetryResult = "success" | "requeue" | "retry" | "failed";

/** What an `InformerController` counts, under grafana-app-sdk's names. */
export interface InformerControllerMetrics {
  eventStarted(action: ResourceAction, kind: string): void;
  eventEnded(action: ResourceAction, kind: string, durationMs: number): void;
  called(handler: "watcher" | "reconciler", action: ResourceAction, kind: string, durationMs: number): void;
  /** A first attempt failed. */
  failed(handler: "watcher" | "reconciler", action: ResourceAction, kind: string): void;
  /** A first retry was put in the queue. */
  enqueued(action: ResourceAction): void;
  retried(action: ResourceAction, result: RetryResult): void;
  pending(count: number): void;
}

export function informerControllerMetrics(metrics: Metrics): InformerControllerMetrics {
  const labels = ["event_type", "kind"];
  const events = metrics.counter({ name: "informer_events_total", help: "Events told to handlers.", labels });
  const eventSeconds = metrics.histogram({
    name: "informer_reconcile_duration_seconds",
    help: "How long all handlers of an event took.",
    labels,
    buckets: BUCKETS,
  });
  const ongoing = metrics.gauge({ name: "ongoing_reconcile_events", help: "Events that handlers are at.", labels });
  const seconds = (handler: string) =>
    metrics.histogram({ name: `${handler}_process_duration_seconds`, help: `How long a ${handler} took.`, labels, buckets: BUCKETS });
  const errors = (handler: string) => metrics.counter({ name: `${handler}_errors_total`, help: `Events a ${handler} failed at.`, labels });
  const of = {
    watcher: { seconds: seconds("watcher"), errors: errors("watcher") },
    reconciler: { seconds: seconds("reconciler"), errors: errors("reconciler") },
  };
  const enqueued = metrics.counter({ name: "retry_processor_enqueued_total", help: "Failures to be retried.", labels: ["action"] });
  const executions = metrics.counter({
    name: "retry_processor_executions_total",
    help: "Retries, by how they ended.",
    labels: ["action", "result"],
  });
  const pending = metrics.gauge({ name: "retry_processor_pending_total", help: "Retries that wait." });
  return {
    eventStarted(action, kind) {
      events.add(1, { event_type: action, kind });
      ongoing.add(1, { event_type: action, kind });
    },
    eventEnded(action, kind, durationMs) {
      ongoing.add(-1, { event_type: action, kind });
      eventSeconds.observe(durationMs / 1000, { event_type: action, kind });
    },
    called: (handler, action, kind, durationMs) => of[handler].seconds.observe(durationMs / 1000, { event_type: action, kind }),
    failed: (handler, action, kind) => of[handler].errors.add(1, { event_type: action, kind }),
    enqueued: (action) => enqueued.add(1, { action }),
    retried: (action, result) => executions.add(1, { action, result }),
    pending: (count) => pending.set(count),
  };
}

const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];
