import type { Logger, Metrics } from "@operatorkit/observe";

/** A logger that keeps its lines. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const logger: Logger = { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error"), with: () => logger };
  return { logger, lines };
}

/** Metrics that keep their samples: `name{label="value"} value`. */
export function recordingMetrics(): { readonly metrics: Metrics; readonly samples: string[] } {
  const samples: string[] = [];
  const record =
    (name: string) =>
    (value: number, labels: Readonly<Record<string, string>> = {}): void => {
      const text = Object.entries(labels).map(([label, of]) => `${label}=${JSON.stringify(of)}`);
      samples.push(`${name}{${text.join(",")}} ${value}`);
    };
  const metrics: Metrics = {
    counter: ({ name }) => ({ add: record(name), remove() {} }),
    gauge: ({ name }) => ({ set: record(name), add: record(name), remove() {} }),
    histogram: ({ name }) => ({ observe: record(name), remove() {} }),
  };
  return { metrics, samples };
}
