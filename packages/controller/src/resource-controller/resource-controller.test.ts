import { constantBackoff } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { Echo, echo } from "../testing/harness.ts";
import type { ResourceContext } from "./resource-context.ts";
import type { ResourceControllerOptions } from "./resource-controller-options.ts";
import type { Resource } from "./resource.ts";
import { noting, resource, runController, steps } from "./testing/run-controller.ts";

const OURS = "example.com/echo";
const a = { namespace: "n", name: "a" };
const deleting = { finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" };

describe("ResourceController", () => {
  describe("passes", () => {
    it("runs the resources in their order, on deletion in the same order", async () => {
      const calls: string[] = [];
      const { clock, cluster, stop } = await runController(
        { resources: [noting("1", calls), noting("2", calls)] },
        { objects: [echo("a", "x", { finalizers: [OURS] })] },
      );
      cluster.remove(Echo, a);
      await steps(clock);
      expect(calls).toEqual(["1 created n/a", "2 created n/a", "1 deleted n/a", "2 deleted n/a"]);
      expect(cluster.get(Echo, a)).toBeUndefined();
      expect(await stop()).toBe("stopped");
      expect(clock.pendingTimers).toBe(0);
    });

    it("ends with the first failure, and is tried at the next resync, not before", async () => {
      const calls: string[] = [];
      const fail = (call: string): unknown => (call.startsWith("1") ? new Error("no") : undefined);
      const { clock, stop, samples } = await runController(
        { resources: [noting("1", calls, fail), noting("2", calls)], finalizer: false },
        { objects: [echo("a")] },
      );
      await clock.advance(299_000);
      expect(calls).toEqual(["1 created n/a"]);
      expect(samples.get("operatorkit_controller_failing_objects{echo}")).toBe(1);
      await clock.advance(1000);
      expect(calls).toEqual(["1 created n/a", "1 created n/a"]);
      await stop();
    });

    it("ends with its deadline: what comes after a resource that ignores it does not run beside the next pass", async () => {
      const calls: string[] = [];
      const gate = Promise.withResolvers<void>();
      let isFirst = true;
      const slow: Resource<Echo> = {
        name: "slow",
        async ensureCreated() {
          if (!isFirst) return;
          isFirst = false;
          await gate.promise;
        },
        ensureDeleted() {},
      };
      const { clock, stop } = await runController(
        { resources: [slow, noting("next", calls)], reconcileTimeoutMs: 5000, backoff: constantBackoff(1000), finalizer: false },
        { objects: [echo("a")] },
      );
      await clock.advance(60_000);
      gate.resolve();
      await steps(clock);
      expect(calls).toEqual(["next created n/a"]);
      await clock.advance(1000);
      await stop();
    });

    it("refuses what a resource says when it is over", async () => {
      let context: ResourceContext<Echo> | undefined;
      const { stop } = await runController({ resources: [resource((given) => (context = given))] }, { objects: [echo("a")] });
      expect(() => context?.keepFinalizers()).toThrow("keepFinalizers: the pass over n/a has ended");
      await stop();
    });

    it("is tried again by its object's backoff when there is one", async () => {
      const calls: string[] = [];
      const fail = (): unknown => (calls.length < 3 ? new Error("no") : undefined);
      const { clock, stop, samples } = await runController(
        { resources: [noting("1", calls, fail)], finalizer: false, backoff: constantBackoff(1000) },
        { objects: [echo("a")] },
      );
      await clock.advance(5000);
      expect(calls).toHaveLength(3);
      expect(samples.get("operatorkit_controller_failing_objects{echo}")).toBe(0);
      expect(samples.get("controller_runtime_reconcile_errors_total{echo}")).toBe(2);
      await stop();
    });

    it("takes a rejection for a failure, and goes on with other objects", async () => {
      const done: string[] = [];
      const flaky: Resource<Echo> = {
        name: "r",
        async ensureCreated({ key }) {
          if (key === "n/a") throw new Error("rejected");
          done.push(key);
        },
        ensureDeleted() {},
      };
      const { logs, stop } = await runController({ resources: [flaky], finalizer: false }, { objects: [echo("a"), echo("b")] });
      expect(done).toEqual(["n/b"]);
      expect(logs).toContainEqual(expect.objectContaining({ level: "error", fields: expect.objectContaining({ object: "n/a" }) }));
      await stop();
    });

    it("keeps objects apart unless told otherwise: one at a time", async () => {
      const calls: string[] = [];
      const gate = Promise.withResolvers<void>();
      const slow: Resource<Echo> = {
        name: "r",
        ensureCreated: ({ key }) => (calls.push(key), gate.promise),
        ensureDeleted() {},
      };
      const one = await runController({ resources: [slow], finalizer: false }, { objects: [echo("a"), echo("b")] });
      expect(calls).toEqual(["n/a"]);
      const two = await runController({ resources: [slow], finalizer: false, concurrency: 2 }, { objects: [echo("a"), echo("b")] });
      expect(calls).toEqual(["n/a", "n/a", "n/b"]);
      gate.resolve();
      await one.stop();
      await two.stop();
    });

    it("names the controller, the pass, the event, the object, its version and the resource in each log line of a resource", async () => {
      const { logs, stop } = await runController(
        { resources: [resource(({ log }) => log.info("said"))], finalizer: false },
        { objects: [echo("a")] },
      );
      expect(logs.find(({ message }) => message === "said")?.fields).toEqual({
        controller: "echo",
        loop: 0,
        event: "update",
        object: "n/a",
        version: "101",
        resource: "r",
      });
      await stop();
    });

    it("has a cache key of its own, and values that last for the pass", async () => {
      const seen: unknown[] = [];
      const { clock, stop } = await runController(
        {
          init: ({ values }) => void values.set("client", "one"),
          resources: [
            resource(({ cacheKey, values }) => {
              seen.push(cacheKey, values.get("client"), values.get("mine"));
              values.set("mine", 1);
            }),
            resource(({ cacheKey, values }) => void seen.push(cacheKey, values.get("mine")), "later"),
          ],
          finalizer: false,
        },
        { objects: [echo("a")] },
      );
      expect(seen).toEqual(["echo-0", "one", undefined, "echo-0", 1]);
      await clock.advance(300_000);
      expect(seen.slice(5)).toEqual(["echo-1", "one", undefined, "echo-1", 1]);
      await stop();
    });
  });

  describe("control flow of an update", () => {
    it("skips later resources when the reconciliation is cancelled, which is a success", async () => {
      const calls: string[] = [];
      const { samples, stop } = await runController(
        { resources: [resource((context) => context.cancelReconciliation()), noting("later", calls)], finalizer: false },
        { objects: [echo("a")] },
      );
      expect(calls).toEqual([]);
      expect(samples.get("controller_runtime_reconcile_total{echo,success}")).toBe(1);
      await stop();
    });

    it("repeats after the shortest time that was said", async () => {
      let passes = 0;
      const { clock, stop } = await runController(
        {
          resources: [
            resource((context) => {
              passes += 1;
              context.repeat({ afterMs: 60_000 });
              context.repeat({ afterMs: 10_000 });
              context.repeat({ afterMs: 90_000 });
            }),
          ],
          finalizer: false,
        },
        { objects: [echo("a")] },
      );
      await clock.advance(30_000);
      expect(passes).toBe(4);
      await stop();
    });

    it("can be cancelled by a set's init, before any resource", async () => {
      const calls: string[] = [];
      const { stop } = await runController(
        { init: (context) => context.cancelReconciliation(), resources: [noting("r", calls)], finalizer: false },
        { objects: [echo("a")] },
      );
      expect(calls).toEqual([]);
      await stop();
    });
  });

  describe("resource sets", () => {
    const set = (name: string, calls: string[]): NonNullable<ResourceControllerOptions<Echo>["resourceSets"]>[number] => ({
      name,
      handles: ({ spec }) => spec.text.includes(name),
      resources: [noting(name, calls)],
    });

    it("run for the objects they handle", async () => {
      const calls: string[] = [];
      const { stop } = await runController(
        { resourceSets: [set("v1", calls), set("v2", calls)], finalizer: false },
        { objects: [echo("a", "v2"), echo("b", "v1")] },
      );
      expect(calls).toEqual(["v2 created n/a", "v1 created n/b"]);
      await stop();
    });

    it("leave an object that none handles as it is: no write, no error, and its finalizer", async () => {
      const calls: string[] = [];
      const { cluster, samples, stop } = await runController(
        { resourceSets: [set("v1", calls)] },
        { objects: [echo("a", "v3", deleting), echo("b", "v3")] },
      );
      expect(calls).toEqual([]);
      expect(cluster.writes).toEqual([]);
      expect(cluster.get(Echo, a)?.metadata.finalizers).toEqual([OURS]);
      expect(samples.get("controller_runtime_reconcile_errors_total{echo}")).toBe(0);
      await stop();
    });

    it("fail an object that was handled when its turn began and is not any more, and keep its finalizer", async () => {
      const errors: unknown[] = [];
      let asked = 0;
      const { cluster, stop } = await runController(
        {
          resourceSets: [{ handles: () => (asked += 1) === 1, resources: [noting("r", [])] }],
          onError: (error) => errors.push((error as Error).message),
        },
        { objects: [echo("a", "x", deleting)] },
      );
      expect(errors).toEqual(["no resource set handles the object any more; handles must depend on the object alone"]);
      expect(cluster.get(Echo, a)?.metadata.finalizers).toEqual([OURS]);
      await stop();
    });

    it("fail an object that several handle, and write nothing", async () => {
      const calls: string[] = [];
      const errors: unknown[] = [];
      const { cluster, stop } = await runController(
        { resourceSets: [set("v1", calls), set("v2", calls)], onError: (error) => errors.push(error) },
        { objects: [echo("a", "v1 v2", deleting), echo("b", "v1 v2")] },
      );
      expect(calls).toEqual([]);
      expect(cluster.writes).toEqual([]);
      expect(errors).toMatchObject([
        { code: "TooManyResourceSets", sets: ["v1", "v2"] },
        { code: "TooManyResourceSets", sets: ["v1", "v2"] },
      ]);
      await stop();
    });
  });
});
