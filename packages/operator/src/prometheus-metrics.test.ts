import { describe, expect, it } from "vitest";
import { PrometheusMetrics } from "./prometheus-metrics.ts";

describe("PrometheusMetrics", () => {
  it("writes counters, gauges and histograms as Prometheus reads them", () => {
    const metrics = new PrometheusMetrics();
    const counter = metrics.counter({ name: "things_total", help: "Things\nand more.", labels: ["kind", "result"] });
    counter.add(1, { kind: 'a "quoted" \\ one', result: "ok" });
    counter.add(2, { kind: 'a "quoted" \\ one', result: "ok" });
    const gauge = metrics.gauge({ name: "depth", help: "Depth." });
    gauge.set(5);
    gauge.add(-2);
    const histogram = metrics.histogram({ name: "seconds", help: "Seconds.", labels: ["name"], buckets: [0.1, 1] });
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value, { name: "x" });
    expect(metrics.text()).toBe(
      [
        "# HELP things_total Things\\nand more.",
        "# TYPE things_total counter",
        'things_total{kind="a \\"quoted\\" \\\\ one",result="ok"} 3',
        "# HELP depth Depth.",
        "# TYPE depth gauge",
        "depth 3",
        "# HELP seconds Seconds.",
        "# TYPE seconds histogram",
        'seconds_bucket{name="x",le="0.1"} 2',
        'seconds_bucket{name="x",le="1"} 3',
        'seconds_bucket{name="x",le="+Inf"} 4',
        'seconds_sum{name="x"} 7.65',
        'seconds_count{name="x"} 4',
        "",
      ].join("\n"),
    );
  });

  it("gives two users of one name the same metric, and refuses another type or other labels", () => {
    const metrics = new PrometheusMetrics();
    const options = { name: "things_total", help: "Things.", labels: ["kind"] };
    metrics.counter(options).add(1, { kind: "a" });
    metrics.counter(options).add(1, { kind: "a" });
    expect(metrics.text()).toContain('things_total{kind="a"} 2');
    expect(() => metrics.gauge(options)).toThrow(/is a counter with labels \(kind\), not a gauge/);
    expect(() => metrics.counter({ ...options, labels: [] })).toThrow(/not a counter with \(\)/);
  });

  it("refuses a counter that falls, names that Prometheus does not take, and buckets that do not ascend", () => {
    const metrics = new PrometheusMetrics();
    expect(() => metrics.counter({ name: "a_total", help: "" }).add(-1)).toThrow(/0 or more/);
    expect(() => metrics.gauge({ name: "not a name", help: "" })).toThrow(
      'gauge not a name: name: "not a name" must be a name for Prometheus',
    );
    expect(() => metrics.gauge({ name: "depth", help: "", labels: ["ok", "not ok"] })).toThrow(
      'gauge depth: labels[1]: "not ok" must be a name for a label',
    );
    for (const buckets of [[1, 1], [2, 1], [Number.NaN]])
      expect(() => metrics.histogram({ name: "seconds", help: "", buckets })).toThrow(
        "histogram seconds: buckets: a list must be numbers that ascend",
      );
  });

  it("tells series apart that take turns, also when who counts uses one object of labels for all", () => {
    const metrics = new PrometheusMetrics();
    const counter = metrics.counter({ name: "requests_total", help: "Requests.", labels: ["code", "method"] });
    const labels = { code: "200", method: "GET" };
    counter.add(1, labels);
    counter.add(1, { ...labels });
    labels.code = "404";
    counter.add(1, labels);
    labels.code = "200";
    counter.add(1, labels);
    expect(metrics.text()).toContain('requests_total{code="200",method="GET"} 3\nrequests_total{code="404",method="GET"} 1\n');
  });

  it("forgets a series that is removed, and begins anew when it comes back", () => {
    const metrics = new PrometheusMetrics();
    const labels = ["kind", "name"];
    const [a, b] = [
      { kind: "Pod", name: "a" },
      { name: "b", kind: "Pod" },
    ];
    const gauge = metrics.gauge({ name: "seen", help: "", labels });
    const counter = metrics.counter({ name: "told_total", help: "", labels });
    const histogram = metrics.histogram({ name: "seconds", help: "", labels: ["name"], buckets: [1] });
    for (const one of [a, b]) {
      gauge.set(1, one);
      counter.add(5, one);
      histogram.observe(2, { name: one.name });
    }
    gauge.remove({ name: "a", kind: "Pod" });
    gauge.remove({ name: "never there", kind: "Pod" });
    counter.remove(a);
    counter.add(1, a);
    histogram.remove({ name: "a" });
    const lines = metrics.text().split("\n");
    expect(lines.filter((line) => line.includes('name="a"'))).toEqual(['told_total{kind="Pod",name="a"} 1']);
    expect(lines.filter((line) => line.includes('name="b"'))).toHaveLength(6);
  });
});
