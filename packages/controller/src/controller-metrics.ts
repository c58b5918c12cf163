import type { Labels, Metrics } from "@operatorkit/observe";

/** How a turn ended, as controller-runtime counts it. */
export type TurnResult = "success" | "requeue_after" | "error";

/** A controller's metrics under controller-runtime's names. Source: `pkg/internal/controller/metrics`. */
export interface ControllerMetrics {
  started(): void;
  /** @param durationMs how long the turn took */
  ended(result: TurnResult, durationMs: number): void;
  failed(error: unknown): void;
  /** @param count how many objects' last turns failed */
  failing(count: number): void;
  terminal(): void;
  timedOut(): void;
}

export function controllerMetrics(metrics: Metrics, name: string, concurrency: number): ControllerMetrics {
  const own: Labels = { controller: name };
  const labels = ["controller"];
  const total = metrics.counter({
    name: "controller_runtime_reconcile_total",
    help: "Turns, by how they ended.",
    labels: ["controller", "result"],
  });
  const errors = metrics.counter({ name: "controller_runtime_reconcile_errors_total", help: "Turns that failed.", labels });
  const terminals = metrics.counter({
    name: "controller_runtime_terminal_reconcile_errors_total",
    help: "Turns that failed with a terminal error.",
    labels,
  });
  const panics = metrics.counter({
    name: "controller_runtime_reconcile_panics_total",
    help: "Turns that failed by a mistake in the code.",
    labels,
  });
  const timeouts = metrics.counter({
    name: "controller_runtime_reconcile_timeouts_total",
    help: "Turns that outlived their deadline.",
    labels,
  });
  const seconds = metrics.histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "How long turns took.",
    labels,
    buckets: BUCKETS,
  });
  const failing = metrics.gauge({ name: "operatorkit_controller_failing_objects", help: "Objects whose last turn failed.", labels });
  const active = metrics.gauge({ name: "controller_runtime_active_workers", help: "Turns that run.", labels });
  metrics.gauge({ name: "controller_runtime_max_concurrent_reconciles", help: "Turns that may run.", labels }).set(concurrency, own);
  active.set(0, own);
  failing.set(0, own);
  for (const counter of [errors, terminals, panics, timeouts]) counter.add(0, own);
  for (const result of ["success", "requeue_after", "error"]) total.add(0, { ...own, result });
  return {
    started: () => active.add(1, own),
    ended(result, durationMs) {
      active.add(-1, own);
      total.add(1, { ...own, result });
      seconds.observe(durationMs / 1000, own);
    },
    failed(error) {
      errors.add(1, own);
      if (error instanceof Error && MISTAKES.has(error.name)) panics.add(1, own);
    },
    failing: (count) => failing.set(count, own),
    terminal: () => terminals.add(1, own),
    timedOut: () => timeouts.add(1, own),
  };
}

/** What JavaScript throws where Go would panic. */
const MISTAKES: ReadonlySet<string> = new Set(["TypeError", "ReferenceError", "RangeError", "SyntaxError"]);

const BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5,
  5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
