/** The narrow interfaces for logs, metrics, traces, health checks and time, with do-nothing defaults. */
export { systemClock } from "./clock.ts";
export type { Clock, Timer } from "./clock.ts";
export type { HealthCheck } from "./health.ts";
export { silentLogger } from "./logger.ts";
export type { LogFields, Logger } from "./logger.ts";
export { noMetrics } from "./metrics.ts";
export type { Counter, Gauge, Histogram, HistogramOptions, Labels, MetricOptions, Metrics, Series } from "./metrics.ts";
export { sleep } from "./sleep.ts";
export type { SleepOptions } from "./sleep.ts";
export { noTracer } from "./tracer.ts";
export type { Span, SpanAttribute, SpanAttributes, SpanOptions, Tracer } from "./tracer.ts";
