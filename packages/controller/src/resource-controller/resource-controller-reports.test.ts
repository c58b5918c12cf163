import { Event } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { echo } from "../testing/harness.ts";
import { DescribedError } from "./described-error.ts";
import { noting, runController, sampling, steps } from "./testing/run-controller.ts";

const OURS = "example.com/echo";
const deleting = { finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" };

describe("ResourceController", () => {
  describe("errors", () => {
    it("with a kind and a description become Warning events on the object, wherever in the causes they are; others do not", async () => {
      const described = new DescribedError("secret detail", { kind: "NoAddress", description: "The pool is empty." });
      const errors: Readonly<Record<string, Error>> = {
        "n/a": new Error("while assigning", { cause: described }),
        "n/b": new Error("anything"),
        "n/c": new DescribedError("x", { kind: "", description: "half" }),
        "n/d": new DescribedError("x", { kind: "Half", description: "" }),
      };
      const { clock, cluster, stop } = await runController(
        { resources: [noting("r", [], (call) => errors[call.slice("r created ".length)])], finalizer: false },
        { objects: ["a", "b", "c", "d"].map((name) => echo(name)) },
      );
      await steps(clock);
      expect(cluster.list(Event)).toMatchObject([
        {
          type: "Warning",
          reason: "NoAddress",
          message: "The pool is empty.",
          source: { component: "echo" },
          involvedObject: { kind: "Echo", name: "a" },
        },
      ]);
      await stop();
    });

    it("go to the error tracker, one for each failed pass; what it throws is logged; it is flushed at the end", async () => {
      const captured: unknown[] = [];
      let flushed = 0;
      const { clock, logs, stop } = await runController(
        {
          resources: [noting("r", [], () => new Error("no"))],
          finalizer: false,
          errorTracker: {
            capture(error, about) {
              captured.push([error, about]);
              throw new Error("tracker");
            },
            flush: () => void (flushed += 1),
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(300_000);
      expect(captured).toEqual([
        [new Error("no"), { controller: "echo", object: "n/a" }],
        [new Error("no"), { controller: "echo", object: "n/a" }],
      ]);
      expect(logs.map(({ message }) => message)).toContain("the error tracker failed");
      expect(await stop()).toBe("stopped");
      expect(flushed).toBe(1);
    });
  });

  describe("giantswarm/operatorkit's metrics", () => {
    it("are counted when asked for: errors since the last reset, successful passes by event, the last good turn", async () => {
      const fail = (call: string): unknown => (call.endsWith("n/a") ? new Error("no") : undefined);
      const { clock, samples, stop } = await runController(
        { resources: [noting("r", [], fail)], giantswarmMetrics: true, resyncMs: 60_000 },
        { objects: [echo("a"), echo("b", "x", deleting)] },
      );
      await clock.advance(60_000);
      expect(samples.get("operatorkit_controller_errors_total{echo}")).toBeGreaterThan(1);
      expect(samples.get("operatorkit_controller_event{update}")).toBeUndefined();
      expect(samples.get("operatorkit_controller_event{delete}")).toBe(1);
      await clock.advance(180_000);
      expect(samples.get("operatorkit_controller_errors_total{echo}")).toBeLessThan(2);
      await stop();
    });

    it("of its own informers are counted, too, also in metrics of its own", async () => {
      const given = { resources: [noting("r", [])], giantswarmMetrics: true };
      const { samples, stop } = await runController(given, { objects: [echo("a")] });
      const own = new Map<string, number>();
      const other = await runController({ ...given, metrics: sampling(own) }, { objects: [echo("a")] });
      const size = "operatorkit_informer_cache_size{}";
      expect([samples.get(size), own.get(size), other.samples.size]).toEqual([1, 1, 0]);
      await stop();
      await other.stop();
    });

    it("of objects' time stamps are those of its objects, when asked for, and end with it", async () => {
      const creationTimestamp = "1970-01-01T00:01:40Z";
      const { clock, cluster, samples, stop } = await runController(
        { resources: [noting("r", [])], giantswarmTimestamps: true, labelSelector: "mine", whenDeselected: "cleanup" },
        { objects: [echo("a", "x", { creationTimestamp, labels: { mine: "" } }), echo("b", "x", { creationTimestamp })] },
      );
      const timestamps = (): string[] =>
        [...samples].filter(([name]) => name.startsWith("operatorkit_controller_") && name.includes("_timestamp")).map(String);
      expect(timestamps()).toEqual(["operatorkit_controller_creation_timestamp{Echo,a,n,echo},100"]);
      cluster.put(echo("b", "x", { creationTimestamp, labels: { mine: "" } }));
      cluster.put(echo("a", "x", { creationTimestamp }));
      await steps(clock);
      expect(timestamps()).toEqual(["operatorkit_controller_creation_timestamp{Echo,b,n,echo},100"]);
      await stop();
      expect(timestamps()).toEqual([]);
    });

    it("are not, when not", async () => {
      const { samples, stop } = await runController({ resources: [noting("r", [])] }, { objects: [echo("a")] });
      expect([...samples.keys()].filter((name) => name.startsWith("operatorkit_"))).toEqual([
        "operatorkit_controller_failing_objects{echo}",
      ]);
      await stop();
    });
  });
});
