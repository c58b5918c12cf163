import { describe, expect, it } from "vitest";
import { RecordingTracer } from "./testing/recording-tracer.ts";
import { noTracer } from "./tracer.ts";

describe("noTracer", () => {
  it("calls what runs in its spans, and keeps, sends and makes nothing", () => {
    const span = noTracer.startSpan("work", { attributes: { a: 1 } });
    const headers = {};
    span.inject(headers);
    span.set("a", 2);
    span.fail(new Error("no"));
    span.end();
    expect(span.run(() => 42)).toBe(42);
    expect(headers).toEqual({});
    expect(noTracer.startSpan("other")).toBe(span);
  });
});

describe("RecordingTracer", () => {
  it("shows what is part of what, also after an await, and side by side", async () => {
    const tracer = new RecordingTracer();
    const job = async (name: string): Promise<void> => {
      const span = tracer.startSpan(name);
      await span.run(async () => {
        await Promise.resolve();
        const step = tracer.startSpan(`${name}, second step`);
        step.run(() => expect(tracer.active?.name).toBe(`${name}, second step`));
        step.end();
        expect(tracer.active?.name).toBe(name);
      });
      span.end();
    };
    await Promise.all([job("a"), job("b")]);
    expect(tracer.active).toBeUndefined();
    expect(tracer.text()).toBe("a\n  a, second step\nb\n  b, second step");
  });

  it("gives a root span no parent, whatever is active", () => {
    const tracer = new RecordingTracer();
    tracer.startSpan("outer").run(() => {
      tracer.startSpan("inner");
      tracer.startSpan("other trace", { root: true });
    });
    expect(tracer.text()).toBe("outer\n  inner\nother trace");
  });

  it("keeps attributes, kind, failure and how often a span was ended", () => {
    const tracer = new RecordingTracer();
    const span = tracer.startSpan("get", { kind: "client", attributes: { a: 1, left: undefined } });
    span.set("b", true);
    span.fail("no");
    span.end();
    tracer.startSpan("going on");
    expect(tracer.spans).toEqual([
      { name: "get", kind: "client", parent: undefined, attributes: { a: 1, b: true }, failure: { error: "no" }, ends: 1 },
      { name: "going on", kind: "internal", parent: undefined, attributes: {}, failure: undefined, ends: 0 },
    ]);
  });

  it("tells who gets a request which span it is part of", () => {
    const tracer = new RecordingTracer();
    tracer.startSpan("first");
    const headers: Record<string, string> = { accept: "text/plain" };
    tracer.startSpan("second").inject(headers);
    expect(headers).toEqual({ accept: "text/plain", traceparent: "span-2" });
  });
});
