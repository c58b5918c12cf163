import type { Counter, Gauge, Histogram, HistogramOptions, Labels, MetricOptions, Metrics } from "@operatorkit/observe";
import { aList, anyString, checkOptions, must, optionError, required } from "@operatorkit/observe/options";

/**
 * Metrics in memory, and their Prometheus text (version 0.0.4). Asking for a metric twice gives the same one, so that many
 * users may share a name; with another type or other labels it is refused.
 *
 * Every combination of label values is kept until `remove`: labels are for a handful of values, not for names of objects, unless
 * whoever counts them removes what is gone.
 */
export class PrometheusMetrics implements Metrics {
  readonly #metrics = new Map<string, Metric>();

  counter(options: MetricOptions): Counter {
    const metric = this.#metric("counter", options);
    return {
      add(value, labels) {
        if (!(value >= 0)) throw optionError(`counter ${options.name}`, "value", `${value} must be a number, 0 or more`);
        metric.sample(labels).value += value;
      },
      remove: (labels) => metric.remove(labels),
    };
  }

  gauge(options: MetricOptions): Gauge {
    const metric = this.#metric("gauge", options);
    return {
      set: (value, labels) => void (metric.sample(labels).value = value),
      add: (value, labels) => void (metric.sample(labels).value += value),
      remove: (labels) => metric.remove(labels),
    };
  }

  histogram(options: HistogramOptions): Histogram {
    const metric = this.#metric("histogram", options);
    return {
      observe(value, labels) {
        const sample = metric.sample(labels);
        sample.value += value;
        sample.count += 1;
        const at = metric.buckets.findIndex((bound) => value <= bound);
        if (at !== -1) sample.counts[at] = (sample.counts[at] ?? 0) + 1;
      },
      remove: (labels) => metric.remove(labels),
    };
  }

  /** All metrics as Prometheus reads them. */
  text(): string {
    return [...this.#metrics.values()].map((metric) => metric.text()).join("");
  }

  #metric(type: Metric["type"], options: HistogramOptions): Metric {
    checkOptions(type, options, RULES);
    const { name, help, labels = [], buckets = DEFAULT_BUCKETS } = options;
    const known = this.#metrics.get(name);
    if (known === undefined) {
      const metric = new Metric(type, name, help, labels, buckets);
      this.#metrics.set(name, metric);
      return metric;
    }
    if (known.type !== type || known.labels.join() !== labels.join()) {
      const other = `is a ${known.type} with labels (${known.labels.join()}), not a ${type} with (${labels.join()})`;
      throw optionError("PrometheusMetrics", "name", `${name} ${other}`);
    }
    return known;
  }
}

const RULES = {
  name: required(must("be a name for Prometheus", (name) => /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(String(name)))),
  help: required(anyString),
  labels: aList(must("be a name for a label", (label) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(String(label)))),
  buckets: must(
    "be numbers that ascend",
    (buckets) => Array.isArray(buckets) && buckets.every((bound, at) => bound > (buckets[at - 1] ?? -Infinity)),
  ),
};

interface Sample {
  readonly labels: Labels;
  /** The value; of a histogram, the sum. */
  value: number;
  count: number;
  /** Of a histogram: how many fell into each bucket, not counting those below. */
  readonly counts: number[];
}

class Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets: readonly number[];
  readonly #samples = new Map<string, Sample>();
  /** Mostly the next one asked for, too: comparing labels costs less than finding them. */
  #last: Sample | undefined;

  constructor(type: Metric["type"], name: string, help: string, labels: readonly string[], buckets: readonly number[]) {
    this.type = type;
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.buckets = buckets;
  }

  sample(labels: Labels = {}): Sample {
    const last = this.#last;
    if (last !== undefined && this.labels.every((label) => last.labels[label] === labels[label])) return last;
    const id = this.#idOf(labels);
    let sample = this.#samples.get(id);
    if (sample === undefined) {
      sample = { labels: { ...labels }, value: 0, count: 0, counts: this.buckets.map(() => 0) };
      this.#samples.set(id, sample);
    }
    this.#last = sample;
    return sample;
  }

  remove(labels: Labels = {}): void {
    this.#last = undefined;
    this.#samples.delete(this.#idOf(labels));
  }

  #idOf(labels: Labels): string {
    let id = "";
    for (const label of this.labels) {
      const value = String(labels[label]);
      // With its length, no value can be taken for two.
      id += `${value.length}:${value}`;
    }
    return id;
  }

  text(): string {
    const lines = [`# HELP ${this.name} ${escaped(this.help)}`, `# TYPE ${this.name} ${this.type}`];
    for (const sample of this.#samples.values())
      lines.push(...(this.type === "histogram" ? this.#histogram(sample) : [this.#line(this.name, sample, sample.value)]));
    return `${lines.join("\n")}\n`;
  }

  #histogram(sample: Sample): string[] {
    let below = 0;
    const lines = this.buckets.map((bound, i) => {
      below += sample.counts[i] ?? 0;
      return this.#line(`${this.name}_bucket`, sample, below, `le="${bound}"`);
    });
    lines.push(this.#line(`${this.name}_bucket`, sample, sample.count, `le="+Inf"`));
    lines.push(this.#line(`${this.name}_sum`, sample, sample.value), this.#line(`${this.name}_count`, sample, sample.count));
    return lines;
  }

  #line(name: string, { labels }: Sample, value: number, extra?: string): string {
    const pairs = this.labels.map((label) => `${label}="${escaped(labels[label] ?? "").replaceAll('"', '\\"')}"`);
    if (extra !== undefined) pairs.push(extra);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value === Number.POSITIVE_INFINITY ? "+Inf" : value}`;
  }
}

/** Prometheus's own defaults. */
const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
