import { RecordingTracer } from "@operatorkit/observe/testing";
import { expect, it } from "vitest";
import { echo, type Echo } from "../testing/harness.ts";
import type { Resource } from "./resource.ts";
import { noting, runController } from "./testing/run-controller.ts";

it("makes a span for each resource, as part of its turn, active in it, with the error of the one that failed", async () => {
  const tracer = new RecordingTracer();
  const second: Resource<Echo> = {
    name: "second",
    async ensureCreated() {
      await Promise.resolve();
      tracer.startSpan("work").end();
      throw new Error("not yet");
    },
    ensureDeleted() {},
  };
  const resources = [noting("first", []), second, noting("third", [])];
  const { stop } = await runController({ tracer, resources, finalizer: false }, { objects: [echo("a")] });
  expect(tracer.text()).toBe("reconcile echo\n  ensureCreated first\n  ensureCreated second\n    work");
  const error = new Error("not yet");
  expect(tracer.spans).toMatchObject([
    { failure: { error }, ends: 1 },
    { attributes: { "operatorkit.resource": "first" }, failure: undefined, ends: 1 },
    { attributes: { "operatorkit.resource": "second" }, failure: { error }, ends: 1 },
    { ends: 1 },
  ]);
  await stop();
});

it("names the span of a resource that is ensured gone by what it does", async () => {
  const tracer = new RecordingTracer();
  const deleting = echo("a", "x", { finalizers: ["example.com/echo"], deletionTimestamp: "2026-01-01T00:00:00Z" });
  const { stop } = await runController({ tracer, resources: [noting("only", [])] }, { objects: [deleting] });
  expect(tracer.text().split("\n").slice(0, 2)).toEqual(["reconcile echo", "  ensureDeleted only"]);
  await stop();
});
