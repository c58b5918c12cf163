import { ConfigMap } from "@operatorkit/object/kinds";
import { noTracer } from "@operatorkit/observe";
import { RecordingTracer } from "@operatorkit/observe/testing";
import { describe, expect, it, vi } from "vitest";
import { backoff, configMapOf, noting } from "./testing/echo-reconciles.ts";
import { echo, start } from "./testing/harness.ts";

const objectA = { "k8s.object.kind": "Echo", "k8s.object.name": "a", "k8s.namespace.name": "n" };

describe("a controller with a tracer", () => {
  it("makes a span for each turn, and what a reconcile starts is part of it, also after an await", async () => {
    const tracer = new RecordingTracer();
    const { stop } = await start(
      {
        tracer,
        async reconcile(context) {
          await context.api.apply<ConfigMap>(configMapOf(context));
          tracer.startSpan(`the work for ${context.key}`).end();
        },
        concurrency: 2,
      },
      { objects: [echo("a"), echo("b")] },
    );
    expect(await stop()).toBe("stopped");
    const trees = tracer.text().split("\n").slice(0, 4);
    expect(trees).toEqual(["reconcile echo", "  the work for n/a", "reconcile echo", "  the work for n/b"]);
    expect(tracer.spans[0]).toEqual({
      name: "reconcile echo",
      kind: "internal",
      parent: undefined,
      attributes: { "operatorkit.controller": "echo", "operatorkit.retries": 0, "operatorkit.result": "success", ...objectA },
      failure: undefined,
      ends: 1,
    });
  });

  it("puts the error on the span of a turn that failed, and counts the failures before", async () => {
    const tracer = new RecordingTracer();
    const { clock, stop } = await start(
      {
        tracer,
        backoff,
        reconcile({ failures }) {
          if (failures < 2) throw new Error(`failure ${failures}`);
          return { requeueAfterMs: 3_600_000 };
        },
      },
      { objects: [echo("a")] },
    );
    await clock.advance(2_000);
    expect(
      tracer.spans.map(({ attributes, failure, ends }) => [
        attributes["operatorkit.retries"],
        attributes["operatorkit.result"],
        failure,
        ends,
      ]),
    ).toEqual([
      [0, "error", { error: new Error("failure 0") }, 1],
      [1, "error", { error: new Error("failure 1") }, 1],
      [2, "requeue_after", undefined, 1],
    ]);
    await stop();
  });

  it("ends the span of a turn at its deadline, with that error, though its function goes on", async () => {
    const tracer = new RecordingTracer();
    const late = Promise.withResolvers<void>();
    const { clock, stop } = await start({ tracer, reconcileTimeoutMs: 100, reconcile: () => late.promise }, { objects: [echo("a")] });
    expect(tracer.spans).toMatchObject([{ ends: 0 }]);
    await clock.advance(100);
    expect(tracer.spans).toMatchObject([{ failure: { error: { code: "Timeout" } }, ends: 1 }]);
    late.resolve();
    await stop();
  });

  it("begins a trace with each turn, wherever it was started from", async () => {
    const tracer = new RecordingTracer();
    const main = tracer.startSpan("main");
    const { stop } = await main.run(() => start({ tracer, reconcile: noting().reconcile }, { objects: [echo("a")] }));
    expect(tracer.spans).toMatchObject([{ name: "main" }, { name: "reconcile echo", parent: undefined }]);
    await stop();
  });
});

it("puts nothing together for nobody: without a tracer a controller starts no span", async () => {
  const started = vi.spyOn(noTracer, "startSpan");
  const { keys, reconcile } = noting();
  const { stop } = await start({ reconcile }, { objects: [echo("a")] });
  await stop();
  expect(keys).toEqual(["n/a"]);
  expect(started).not.toHaveBeenCalled();
  started.mockRestore();
});
