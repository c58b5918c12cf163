import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { otelTracer } from "./otel-tracer.ts";

// Made before anything is registered, as a module of yours may do.
const tracer = otelTracer();
const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});

afterEach(() => exporter.reset());

afterAll(unregister);

function unregister(): void {
  for (const api of [trace, context, propagation]) api.disable();
}

function exported(name: string): ReadableSpan {
  const span = exporter.getFinishedSpans().find((each) => each.name === name);
  if (span === undefined) throw new Error(`no span ${name} has ended`);
  return span;
}

describe("otelTracer", () => {
  it("makes spans that are part of the one that is active, also after an await, and side by side", async () => {
    const job = async (name: string): Promise<void> => {
      const span = tracer.startSpan(name);
      await span.run(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        tracer.startSpan(`${name}, a step`).end();
      });
      span.end();
    };
    await Promise.all([job("a"), job("b")]);
    for (const name of ["a", "b"]) {
      expect(exported(`${name}, a step`).parentSpanContext?.spanId).toBe(exported(name).spanContext().spanId);
      expect(exported(name).parentSpanContext).toBeUndefined();
    }
    expect(exported("a").spanContext().traceId).not.toBe(exported("b").spanContext().traceId);
  });

  it("takes its place among spans made with OpenTelemetry itself, above and below", () => {
    trace.getTracer("mine").startActiveSpan("mine, outside", (outer) => {
      const span = tracer.startSpan("ours");
      span.run(() => trace.getTracer("mine").startSpan("mine, inside").end());
      span.end();
      outer.end();
    });
    expect(exported("ours").parentSpanContext?.spanId).toBe(exported("mine, outside").spanContext().spanId);
    expect(exported("mine, inside").parentSpanContext?.spanId).toBe(exported("ours").spanContext().spanId);
  });

  it("begins a trace of its own with a root span, and is active in it", () => {
    tracer.startSpan("outer").run(() => {
      const root = tracer.startSpan("root", { root: true });
      root.run(() => tracer.startSpan("inner").end());
      root.end();
    });
    expect(exported("root").parentSpanContext).toBeUndefined();
    expect(exported("inner").parentSpanContext?.spanId).toBe(exported("root").spanContext().spanId);
  });

  it("sets kind and attributes, and leaves undefined ones out", () => {
    const span = tracer.startSpan("get", { kind: "client", attributes: { "k8s.object.name": "a", "k8s.namespace.name": undefined } });
    span.set("http.response.status_code", 200);
    span.end();
    const { kind, attributes, status } = exported("get");
    expect(kind).toBe(SpanKind.CLIENT);
    expect(attributes).toEqual({ "k8s.object.name": "a", "http.response.status_code": 200 });
    expect(status.code).toBe(SpanStatusCode.UNSET);
    tracer.startSpan("work").end();
    expect(exported("work").kind).toBe(SpanKind.INTERNAL);
  });

  it.each([
    ["its code", Object.assign(new Error("it is gone"), { code: "NotFound" }), "NotFound", "it is gone"],
    ["its name where it has no code", new RangeError("too far"), "RangeError", "too far"],
    ["_OTHER for what is no error", "plain text", "_OTHER", "plain text"],
    ["_OTHER for nothing at all", undefined, "_OTHER", "undefined"],
  ])("records a failure as an exception, sets the status, and takes as error.type %s", (_how, error, type, message) => {
    const span = tracer.startSpan("work");
    span.fail(error);
    span.end();
    const { status, events, attributes } = exported("work");
    expect(status).toEqual({ code: SpanStatusCode.ERROR, message });
    expect(attributes["error.type"]).toBe(type);
    expect(events.map(({ name, attributes: of }) => [name, of?.["exception.message"]])).toEqual([["exception", message]]);
  });

  it("puts traceparent into the headers of a request, of this span and not of the active one", () => {
    const headers: Record<string, string> = {};
    tracer.startSpan("outer").run(() => {
      const span = tracer.startSpan("request");
      span.inject(headers);
      span.end();
    });
    const { traceId, spanId } = exported("request").spanContext();
    expect(headers).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
  });

  it("uses the tracer it is given", () => {
    const own = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: own })] });
    otelTracer(provider.getTracer("operator-of-mine")).startSpan("work").end();
    expect(own.getFinishedSpans().map(({ name, instrumentationScope }) => [name, instrumentationScope.name])).toEqual([
      ["work", "operator-of-mine"],
    ]);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it("does nothing where nothing is registered, but calls what runs in its spans", () => {
    unregister();
    const headers = {};
    const span = otelTracer().startSpan("work", { attributes: { a: 1 } });
    span.inject(headers);
    expect(span.run(() => 42)).toBe(42);
    span.fail(new Error("no"));
    span.end();
    expect(headers).toEqual({});
  });
});
