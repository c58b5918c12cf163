import type { Clock, Counter, Gauge, Histogram, Metrics, Timer } from "@operatorkit/observe";

/**
 * A work queue's metrics under client-go's names. Gauges about running keys are brought up to date every half second
 * while one runs, as client-go does; no timer is left when none does.
 */
export class WorkQueueMetrics {
  readonly #labels: { readonly name: string };
  readonly #clock: Clock;
  readonly #depth: Gauge;
  readonly #adds: Counter;
  readonly #retries: Counter;
  readonly #waited: Histogram;
  readonly #worked: Histogram;
  readonly #unfinished: Gauge;
  readonly #longest: Gauge;
  readonly #started = new Map<string, number>();
  #timer: Timer | undefined;

  constructor(metrics: Metrics, { name, clock }: { readonly name: string; readonly clock: Clock }) {
    this.#labels = { name };
    this.#clock = clock;
    const labels = ["name"];
    this.#depth = metrics.gauge({ name: "workqueue_depth", help: "Keys that wait.", labels });
    this.#adds = metrics.counter({ name: "workqueue_adds_total", help: "Keys that came to wait.", labels });
    this.#retries = metrics.counter({ name: "workqueue_retries_total", help: "Keys that were put back after a failure.", labels });
    this.#waited = metrics.histogram({
      name: "workqueue_queue_duration_seconds",
      help: "How long a key waited.",
      labels,
      buckets: SECONDS,
    });
    this.#worked = metrics.histogram({
      name: "workqueue_work_duration_seconds",
      help: "How long a key's turn took.",
      labels,
      buckets: SECONDS,
    });
    this.#unfinished = metrics.gauge({
      name: "workqueue_unfinished_work_seconds",
      help: "How long the running keys have run, together.",
      labels,
    });
    this.#longest = metrics.gauge({
      name: "workqueue_longest_running_processor_seconds",
      help: "How long the longest running key has run.",
      labels,
    });
    this.#depth.set(0, this.#labels);
  }

  added(depth: number): void {
    this.#adds.add(1, this.#labels);
    this.#depth.set(depth, this.#labels);
  }

  retried(): void {
    this.#retries.add(1, this.#labels);
  }

  taken(key: string, addedMs: number, depth: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#depth.set(depth, this.#labels);
    this.#waited.observe((nowMs - addedMs) / 1000, this.#labels);
    this.#started.set(key, nowMs);
    this.#watch();
  }

  done(key: string): void {
    const startedMs = this.#started.get(key);
    if (startedMs === undefined) return;
    this.#started.delete(key);
    this.#worked.observe((this.#clock.monotonicMs() - startedMs) / 1000, this.#labels);
    if (this.#started.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#report();
  }

  cleared(): void {
    this.#depth.set(0, this.#labels);
  }

  #watch(): void {
    this.#timer ??= this.#clock.setTimer(REPORT_MS, () => {
      this.#timer = undefined;
      this.#report();
      if (this.#started.size > 0) this.#watch();
    });
  }

  #report(): void {
    const nowMs = this.#clock.monotonicMs();
    let total = 0;
    let longest = 0;
    for (const startedMs of this.#started.values()) {
      total += nowMs - startedMs;
      longest = Math.max(longest, nowMs - startedMs);
    }
    this.#unfinished.set(total / 1000, this.#labels);
    this.#longest.set(longest / 1000, this.#labels);
  }
}

const REPORT_MS = 500;

/** 10 ns to 1,000 s. Source: client-go `workqueue/metrics.go` as registered by controller-runtime. */
const SECONDS = Array.from({ length: 12 }, (_, i) => 1e-8 * 10 ** i);
