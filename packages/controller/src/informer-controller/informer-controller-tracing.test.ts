import { noTracer } from "@operatorkit/observe";
import { RecordingTracer } from "@operatorkit/observe/testing";
import { exponentialBackoffRetryPolicy } from "@operatorkit/retry";
import { describe, expect, it, vi } from "vitest";
import { KIND, Stage, thing } from "./testing/stage.ts";

const about = {
  "operatorkit.controller": "informer-controller",
  "operatorkit.action": "CREATE",
  "k8s.object.kind": "Thing",
  "k8s.object.name": "a",
  "k8s.namespace.name": "n",
};

describe("an informer controller with a tracer", () => {
  it("makes a span for each call of a watcher, retries too, with their number, how it ended and the error", async () => {
    const tracer = new RecordingTracer();
    await using stage = new Stage({ tracer, retryPolicy: exponentialBackoffRetryPolicy(1000, 1) });
    stage.recorder(({ attempt }) => {
      if (attempt < 2) throw new Error(`attempt ${attempt}`);
    });
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    await stage.advance(10_000);
    const span = { name: `watcher ${KIND}`, kind: "internal", parent: undefined, ends: 1 };
    expect(tracer.spans).toEqual([
      {
        ...span,
        attributes: { ...about, "operatorkit.retries": 0, "operatorkit.result": "retry" },
        failure: { error: new Error("attempt 0") },
      },
      {
        ...span,
        attributes: { ...about, "operatorkit.retries": 1, "operatorkit.result": "retry" },
        failure: { error: new Error("attempt 1") },
      },
      { ...span, attributes: { ...about, "operatorkit.retries": 2, "operatorkit.result": "success" }, failure: undefined },
    ]);
  });

  it("makes one for each handler of an event, and what a handler starts is part of its own, also after an await", async () => {
    const tracer = new RecordingTracer();
    await using stage = new Stage({ tracer });
    const work = async (name: string): Promise<void> => {
      await Promise.resolve();
      tracer.startSpan(name).end();
    };
    stage.recorder(() => work("of the watcher"));
    stage.controller.addReconciler({ reconcile: () => work("of the reconciler").then(() => ({ requeueAfterMs: 3_600_000 })) }, KIND);
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    expect(tracer.text()).toBe(`watcher ${KIND}\n  of the watcher\nreconciler ${KIND}\n  of the reconciler`);
    expect(tracer.spans[2]?.attributes["operatorkit.result"]).toBe("requeue");
  });

  it("begins a trace with each call, whatever span the event was told in", async () => {
    const tracer = new RecordingTracer();
    await using stage = new Stage({ tracer });
    stage.recorder();
    await stage.start();
    await tracer.startSpan("elsewhere").run(() => stage.tell(stage.informer.add(thing())));
    expect(tracer.text()).toBe(`elsewhere\nwatcher ${KIND}`);
  });

  it("puts nothing together for nobody: without one no span is started", async () => {
    const started = vi.spyOn(noTracer, "startSpan");
    await using stage = new Stage();
    const recorder = stage.recorder();
    await stage.start();
    await stage.tell(stage.informer.add(thing()));
    expect(recorder.calls).toHaveLength(1);
    expect(started).not.toHaveBeenCalled();
    started.mockRestore();
  });
});
