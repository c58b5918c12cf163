/** OpenTelemetry as operatorkit's tracer. Needs the peer `@opentelemetry/api`. */
export { otelTracer } from "./otel-tracer.ts";
