import { noMetrics, sleep, type Clock, type Labels, type Metrics } from "@operatorkit/observe";

/** What giantswarm/operatorkit counts about a controller, under its names. The controller's own metrics are there as well. */
export interface GiantswarmMetrics {
  failed(): void;
  /** A pass has succeeded. */
  passed(event: "update" | "delete", durationMs: number): void;
  /** A turn did not fail; paused objects' turns too. */
  reconciled(): void;
  /** Sets the errors to 0 again and again, until `signal` is aborted. */
  resetErrors(options: { readonly everyMs: number; readonly signal: AbortSignal }): Promise<void>;
}

export function giantswarmMetrics({
  metrics,
  name,
  clock,
}: {
  metrics: Metrics | undefined;
  name: string;
  clock: Clock;
}): GiantswarmMetrics {
  const source = metrics ?? noMetrics;
  const labels = ["controller"];
  const own: Labels = { controller: name };
  const errors = source.gauge({ name: "operatorkit_controller_errors_total", help: "Failures since it was last set to 0.", labels });
  const reconciled = source.gauge({
    name: "operatorkit_controller_last_reconciled",
    help: "When a turn last did not fail, in seconds.",
    labels,
  });
  const events = source.histogram({
    name: "operatorkit_controller_event",
    help: "How long successful passes took, in seconds.",
    labels: ["event"],
  });
  errors.set(0, own);
  return {
    failed: () => errors.add(1, own),
    passed: (event, durationMs) => events.observe(durationMs / 1000, { event }),
    reconciled: () => reconciled.set(Math.floor(clock.now() / 1000), own),
    async resetErrors({ everyMs, signal }) {
      try {
        for (;;) {
          await sleep(everyMs, { signal, clock });
          errors.set(0, own);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
