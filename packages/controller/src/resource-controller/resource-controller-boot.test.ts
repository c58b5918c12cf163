import { Event } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { ResourceController } from "./resource-controller.ts";
import { noting, runController, steps } from "./testing/run-controller.ts";

describe("ResourceController", () => {
  describe("boot", () => {
    const resources = [noting("r", [])];

    it("is over when the first lists are there", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      const gate = Promise.withResolvers<void>();
      const listWatch = cluster.listWatch.bind(cluster);
      cluster.listWatch = (kind, scope) => {
        const real = listWatch(kind, scope);
        return { ...real, list: async (request) => (await gate.promise, real.list(request)) };
      };
      const { clock, controller, stop } = await runController({ resources }, { cluster });
      let isBooted = false;
      void controller.booted.then(() => (isBooted = true));
      await steps(clock);
      expect(isBooted).toBe(false);
      gate.resolve();
      await steps(clock);
      expect(isBooted).toBe(true);
      await stop();
    });

    it("is tried 7 times, 1 s apart; then it is captured, the hook is called and run rejects", async () => {
      const clock = new ManualClock();
      const triesMs: number[] = [];
      const captured: unknown[] = [];
      let failed: unknown;
      const { controller, run, logs } = await runController(
        {
          resources,
          boot() {
            triesMs.push(clock.monotonicMs());
            throw new Error("no CRD");
          },
          onBootFailed: (error) => (failed = error),
          errorTracker: { capture: (error, about) => captured.push([error, about]) },
        },
        { clock },
      );
      await clock.advance(10_000);
      const error = await run;
      expect(error).toMatchObject({ code: "Boot", message: "the controller did not come up in 7 tries", cause: new Error("no CRD") });
      expect(triesMs).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000]);
      expect(failed).toBe(error);
      expect(captured).toEqual([[error, { controller: "echo", object: undefined }]]);
      expect(logs.filter(({ level }) => level === "warn")).toHaveLength(6);
      await expect(controller.booted).rejects.toBe(error);
      expect(clock.pendingTimers).toBe(0);
    });

    it("goes on when a later try succeeds, and booted has not failed", async () => {
      let tries = 0;
      const calls: string[] = [];
      const { clock, controller, stop } = await runController(
        {
          resources: [noting("r", calls)],
          boot() {
            if ((tries += 1) < 3) throw new Error("not yet");
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(2000);
      await steps(clock);
      await controller.booted;
      expect(calls).toContain("r created n/a");
      expect(await stop()).toBe("stopped");
    });

    it("fails a try whose first lists do not come, and says which", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      cluster.listWatch = (kind) => ({
        kind,
        list: () => Promise.reject(new Error("forbidden")),
        watch: () => Promise.reject(new Error("forbidden")),
      });
      const { clock, run } = await runController({ resources, bootTries: 2, bootTimeoutMs: 60_000 }, { cluster });
      await clock.advance(200_000);
      const error = (await run) as Error;
      expect(error).toMatchObject({ name: "BootError", code: "Boot" });
      expect(String(error.cause)).toMatch(/waits for the first list of .*echo.*within 60000 ms/);
      expect(clock.pendingTimers).toBe(0);
    });

    it("and all that follows ends with stop, which may be called again, and before run", async () => {
      const { clock, controller, run, stop } = await runController({ resources }, { objects: [echo("a")] });
      controller.stop();
      controller.stop();
      await clock.advance(0);
      expect(await run).toBe("stopped");
      await stop();
      expect(clock.pendingTimers).toBe(0);

      const early = new ResourceController<Echo>({ name: "echo", for: Echo, resources });
      early.stop();
      const { signal } = new AbortController();
      const cluster = new FakeCluster([Echo]);
      await early.run({ client: cluster.client(), signal, clock: new ManualClock() });
      await expect(early.booted).rejects.toThrow("it ended before it had booted");
      expect(cluster.writes).toEqual([]);
    });

    it("that is stopped in its last try has not failed, though it may say so", async () => {
      const failed: unknown[] = [];
      const { clock, run, controller } = await runController({
        resources,
        bootTries: 1,
        boot: ({ signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true })),
        onBootFailed: (error) => failed.push(error),
      });
      controller.stop();
      await steps(clock);
      expect([await run, failed]).toEqual(["stopped", []]);
    });

    it("is over when it has succeeded once: what breaks later is what run rejects with, and nothing is begun again", async () => {
      let boots = 0;
      const { run, stop, logs } = await runController(
        {
          resources: [{ name: "r", ensureCreated: () => new Promise(() => {}), ensureDeleted() {} }],
          boot: () => void (boots += 1),
          stopGraceMs: 0,
          stopTimeoutMs: 1000,
        },
        { objects: [echo("a")] },
      );
      await stop();
      expect(String(await run)).toContain("the turn of n/a did not end within 1000 ms");
      expect([boots, logs.filter(({ level }) => level === "warn")]).toEqual([1, []]);
    });

    it("happens once at a time", async () => {
      const { cluster, controller, stop } = await runController({ resources });
      const { signal } = new AbortController();
      await expect(controller.run({ client: cluster.client(), signal })).rejects.toThrow("run resource controller echo: it runs already");
      expect(controller.healthChecks()[0]?.check()).toBeUndefined();
      await stop();
    });
  });
});
