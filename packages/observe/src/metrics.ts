/** Makes metrics. The names are controller-runtime's and client-go's where they have one. */
export interface Metrics {
  counter(options: MetricOptions): Counter;
  gauge(options: MetricOptions): Gauge;
  histogram(options: HistogramOptions): Histogram;
  /** All of them as Prometheus reads them (text format 0.0.4), for what can be served. */
  text?(): string;
}

export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  /** The label names; every sample gives each of them. */
  readonly labels?: readonly string[];
}

export interface HistogramOptions extends MetricOptions {
  readonly buckets?: readonly number[];
}

export type Labels = Readonly<Record<string, string>>;

/** One or several series of a metric, one per combination of label values. */
export interface Series {
  /** Forgets the series with these labels, as if it had never been: for what a label named that is gone. */
  remove(labels?: Labels): void;
}

export interface Counter extends Series {
  add(value: number, labels?: Labels): void;
}

export interface Gauge extends Series {
  set(value: number, labels?: Labels): void;
  add(value: number, labels?: Labels): void;
}

export interface Histogram extends Series {
  observe(value: number, labels?: Labels): void;
}

const nothing = { add() {}, set() {}, observe() {}, remove() {} };

/** Counts nothing: the default everywhere. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
};
