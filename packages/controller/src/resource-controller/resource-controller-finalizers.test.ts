import { Event } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { giantswarmFinalizer, ResourceController } from "./resource-controller.ts";
import type { ResourceContext } from "./resource-context.ts";
import { noting, resource, runController, steps } from "./testing/run-controller.ts";

const OURS = "example.com/echo";
const a = { namespace: "n", name: "a" };
const deleting = { finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" };
/** Another's finalizer holds the object, so that what we do after our part is done can be seen. */
const held = { finalizers: [OURS, "a.com/a"], deletionTimestamp: "2026-01-01T00:00:00Z" };

function touch(cluster: FakeCluster, labels: Record<string, string>): void {
  const object = cluster.get(Echo, a);
  if (object !== undefined) cluster.put({ ...object, metadata: { ...object.metadata, labels } });
}

describe("ResourceController", () => {
  describe("finalizers", () => {
    it("are there before the first resource runs; others' stay, in their order", async () => {
      const seen: unknown[] = [];
      const { cluster, stop } = await runController(
        { resources: [resource(({ object }) => void seen.push(object.metadata.finalizers))] },
        { objects: [echo("a", "x", { finalizers: ["a.com/a"] })] },
      );
      expect(seen[0]).toEqual(["a.com/a", OURS]);
      expect(cluster.writes).toEqual(["patch Echo n/a as echo"]);
      await stop();
    });

    it("can be giantswarm/operatorkit's, or another, or none", async () => {
      const resources = [noting("r", [])];
      const named = (finalizer: string | false): string | undefined =>
        new ResourceController<Echo>({ name: "echo", for: Echo, resources, finalizer }).finalizer;
      expect(named(giantswarmFinalizer("echo"))).toBe("operatorkit.giantswarm.io/echo");
      expect(named("example.com/other")).toBe("example.com/other");
      expect(named(false)).toBeUndefined();
      expect(new ResourceController<Echo>({ name: "echo", for: Echo, resources }).finalizer).toBe(OURS);
    });

    it.each([
      ["a b", 'controllerName: "a b": name part must consist of alphanumeric characters'],
      ["", 'controllerName: "": name part must be non-empty'],
      ["x".repeat(64), "name part must be no more than 63"],
      [undefined, 'controllerName: "undefined": must be a string'],
    ])("can be giantswarm/operatorkit's of no such name as %o", (name, message) => {
      expect(() => giantswarmFinalizer(name as never)).toThrow(message);
    });

    it("are not taken off an object that is gone: that is no failure", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      const { clock, logs, stop } = await runController(
        {
          resources: [
            resource(({ object }) => {
              if (object.metadata.deletionTimestamp !== undefined)
                cluster.put({ ...object, metadata: { ...object.metadata, finalizers: [] } });
            }),
          ],
        },
        { cluster, objects: [echo("a", "x", deleting)] },
      );
      await steps(clock);
      expect(cluster.get(Echo, a)).toBeUndefined();
      expect(logs.filter(({ level }) => level === "error")).toEqual([]);
      await stop();
    });

    it("that cannot be written for a conflict are tried again at once, without an error", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      cluster.onWrite = ({ verb, kind }) => {
        if (verb !== "patch" || kind !== "Echo") return;
        cluster.onWrite = () => {};
        touch(cluster, { by: "another" });
      };
      const calls: string[] = [];
      const { logs, stop } = await runController({ resources: [noting("r", calls)] }, { cluster, objects: [echo("a")] });
      expect(cluster.get(Echo, a)?.metadata).toMatchObject({ finalizers: [OURS], labels: { by: "another" } });
      expect(calls).toContain("r created n/a");
      expect(logs.filter(({ level }) => level === "error")).toEqual([]);
      await stop();
    });
  });

  describe("deletion", () => {
    it("succeeds exactly once for each of several controllers, and has passes until then", async () => {
      const calls: string[] = [];
      const clock = new ManualClock();
      const cluster = new FakeCluster([Echo, Event]);
      let isBroken = true;
      const failing = {
        A: () => undefined,
        B: () => (calls.filter((call) => call.startsWith("B deleted")).length <= 1 ? new Error("once") : undefined),
        C: () => (isBroken ? new Error("always") : undefined),
      };
      const finalizers = ["A", "B", "C"].map((name) => `example.com/${name}`);
      const metadata = { finalizers, deletionTimestamp: "2026-01-01T00:00:00Z" };
      cluster.put(echo("a", "x", metadata));
      const running = [];
      for (const [name, fail] of Object.entries(failing)) {
        running.push(await runController({ name, resyncMs: 60_000, resources: [noting(name, calls, fail)] }, { cluster, clock }));
      }
      const count = (name: string): number => calls.filter((call) => call.startsWith(`${name} deleted`)).length;
      await clock.advance(300_000);
      expect([count("A"), count("B")]).toEqual([1, 2]);
      expect(count("C")).toBeGreaterThan(3);
      expect(cluster.get(Echo, a)?.metadata.finalizers).toEqual(["example.com/C"]);
      isBroken = false;
      await clock.advance(120_000);
      expect(cluster.get(Echo, a)).toBeUndefined();
      expect([count("A"), count("B")]).toEqual([1, 2]);
      for (const { stop } of running) await stop();
    });

    it("is not run again when only the finalizer could not be removed", async () => {
      const calls: string[] = [];
      const cluster = new FakeCluster([Echo, Event]);
      let refusals = 2;
      cluster.onWrite = ({ kind }) => {
        if (kind === "Echo" && (refusals -= 1) >= 0) throw new Error("the API server is away");
      };
      const { clock, stop } = await runController(
        { resources: [noting("r", calls)], resyncMs: 60_000 },
        { cluster, objects: [echo("a", "x", deleting)] },
      );
      await clock.advance(180_000);
      expect(calls).toEqual(["r deleted n/a"]);
      expect(cluster.get(Echo, a)).toBeUndefined();
      await stop();
    });

    it("is not run again however long the finalizer cannot be removed, nor in the controller's next run", async () => {
      const calls: string[] = [];
      const cluster = new FakeCluster([Echo, Event]);
      cluster.onWrite = ({ kind }) => {
        if (kind === "Echo") throw new Error("the API server is away");
      };
      const { clock, controller, stop } = await runController(
        { resources: [noting("r", calls)], resyncMs: 60_000 },
        { cluster, objects: [echo("a", "x", deleting)] },
      );
      await clock.advance(600_000);
      await stop();
      const stopping = new AbortController();
      const again = controller.run({ client: cluster.client(), signal: stopping.signal, clock });
      await steps(clock);
      cluster.onWrite = () => {};
      await clock.advance(60_000);
      expect([calls, cluster.get(Echo, a)]).toEqual([["r deleted n/a"], undefined]);
      stopping.abort();
      await steps(clock);
      await again;
    });

    it("is run again by the next process when this one ended before the finalizer was removed", async () => {
      const calls: string[] = [];
      const cluster = new FakeCluster([Echo, Event]);
      cluster.onWrite = ({ kind }) => {
        if (kind === "Echo") throw new Error("the API server is away");
      };
      const before = await runController({ resources: [noting("r", calls)] }, { cluster, objects: [echo("a", "x", deleting)] });
      await before.stop();
      cluster.onWrite = () => {};
      const after = await runController({ resources: [noting("r", calls)] }, { cluster });
      expect(calls).toEqual(["r deleted n/a", "r deleted n/a"]);
      expect(cluster.get(Echo, a)).toBeUndefined();
      await after.stop();
    });

    it("is not run again while others hold the object and touch it", async () => {
      const calls: string[] = [];
      const { clock, cluster, stop } = await runController({ resources: [noting("r", calls)] }, { objects: [echo("a", "x", held)] });
      touch(cluster, { touched: "yes" });
      await clock.advance(600_000);
      expect(calls).toEqual(["r deleted n/a"]);
      await stop();
    });

    it("of an object re-created under the same name is its own, by uid", async () => {
      const calls: string[] = [];
      const { clock, cluster, stop } = await runController({ resources: [noting("r", calls)] }, { objects: [echo("a", "x", deleting)] });
      cluster.put(echo("a", "x", deleting));
      await steps(clock);
      expect(calls).toEqual(["r deleted n/a", "r deleted n/a"]);
      await stop();
    });

    it("of an object without our finalizer has no pass", async () => {
      const calls: string[] = [];
      const { stop } = await runController(
        { resources: [noting("r", calls)] },
        { objects: [echo("a", "x", { finalizers: ["a.com/a"], deletionTimestamp: "2026-01-01T00:00:00Z" })] },
      );
      expect(calls).toEqual([]);
      await stop();
    });

    it.each<[string, (context: ResourceContext<Echo>) => void, { later: boolean; kept: boolean }]>([
      ["nothing", () => {}, { later: true, kept: false }],
      ["cancelResource", (context) => context.cancelResource(), { later: true, kept: false }],
      ["cancelReconciliation", (context) => context.cancelReconciliation(), { later: false, kept: true }],
      ["keepFinalizers", (context) => context.keepFinalizers(), { later: true, kept: true }],
      ["keepFinalizers and cancelResource", (context) => (context.keepFinalizers(), context.cancelResource()), { later: true, kept: true }],
      ["repeat", (context) => context.repeat({ afterMs: 10_000 }), { later: true, kept: true }],
    ])("after %s keeps or drops the finalizer, runs later resources or not", async (_what, say, { later, kept }) => {
      const calls: string[] = [];
      const { cluster, stop } = await runController(
        { resources: [resource(say), noting("later", calls)] },
        { objects: [echo("a", "x", held)] },
      );
      expect(calls).toEqual(later ? ["later deleted n/a"] : []);
      expect(cluster.get(Echo, a)?.metadata.finalizers).toEqual(kept ? [OURS, "a.com/a"] : ["a.com/a"]);
      await stop();
    });

    it("that keeps its finalizer has another pass at the next resync, or when repeat says", async () => {
      const calls: string[] = [];
      const keeping = await runController(
        { resources: [noting("r", calls), resource((context) => context.keepFinalizers(), "keep")] },
        { objects: [echo("a", "x", deleting)] },
      );
      await keeping.clock.advance(300_000);
      expect(calls).toHaveLength(2);
      await keeping.stop();
      calls.length = 0;
      const repeating = await runController(
        { resources: [noting("r", calls), resource((context) => context.repeat({ afterMs: 10_000 }), "repeat")] },
        { objects: [echo("a", "x", deleting)] },
      );
      await repeating.clock.advance(30_000);
      expect(calls).toHaveLength(4);
      await repeating.stop();
    });
  });

  describe("pause", () => {
    const paused = { annotations: { "operatorkit.giantswarm.io/paused": "true" } };

    it("keeps everything off an object: finalizer, resources and deletion, until it is lifted", async () => {
      const calls: string[] = [];
      const { clock, cluster, stop, samples } = await runController(
        { resources: [noting("r", calls)], giantswarmMetrics: true },
        { objects: [echo("a", "x", { ...deleting, ...paused }), echo("b", "x", paused)] },
      );
      await clock.advance(600_000);
      expect(calls).toEqual([]);
      expect(cluster.writes).toEqual([]);
      expect(samples.get("operatorkit_controller_last_reconciled{echo}")).toBe(Math.floor(clock.now() / 1000));
      const object = cluster.get(Echo, a);
      if (object !== undefined) cluster.put({ ...object, metadata: { ...object.metadata, annotations: {} } });
      await steps(clock);
      expect(calls).toEqual(["r deleted n/a"]);
      await stop();
    });
  });

  describe("selection", () => {
    const one = { labels: { version: "1" } };
    const two = { labels: { version: "2" }, finalizers: [OURS] };

    it.each<["release" | "cleanup", { finalizers: string[]; calls: string[] }]>([
      ["release", { finalizers: [], calls: ["r created n/b"] }],
      ["cleanup", { finalizers: [OURS], calls: ["r created n/b"] }],
    ])("with %s decides about the finalizer of what is deselected", async (whenDeselected, expected) => {
      const calls: string[] = [];
      const cluster = new FakeCluster([Echo, Event]);
      const scopes: unknown[] = [];
      const listWatch = cluster.listWatch.bind(cluster);
      cluster.listWatch = (kind, scope) => (scopes.push(scope), listWatch(kind, scope));
      const { stop } = await runController(
        { resources: [noting("r", calls)], labelSelector: "version=1", whenDeselected },
        { cluster, objects: [echo("a", "x", two), echo("b", "x", { ...one, finalizers: [OURS] })] },
      );
      // What matches no more is to be seen.
      expect(scopes).toEqual([expect.not.objectContaining({ labelSelector: "version=1" })]);
      expect(cluster.get(Echo, a)?.metadata.finalizers).toEqual(expected.finalizers);
      expect(calls).toEqual(expected.calls);
      await stop();
    });

    it.each<["release" | "cleanup", string[]]>([
      ["release", []],
      ["cleanup", ["r deleted n/a"]],
    ])("with %s lets a deselected object that is being deleted go", async (whenDeselected, expected) => {
      const calls: string[] = [];
      const { cluster, stop } = await runController(
        { resources: [noting("r", calls)], labelSelector: "version=1", whenDeselected },
        { objects: [echo("a", "x", { ...deleting, labels: { version: "2" } })] },
      );
      expect(cluster.get(Echo, a)).toBeUndefined();
      expect(calls).toEqual(expected);
      await stop();
    });

    it("with keep, the default, asks the server for what matches and touches nothing else", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      const scopes: unknown[] = [];
      const listWatch = cluster.listWatch.bind(cluster);
      cluster.listWatch = (kind, scope) => (scopes.push(scope), listWatch(kind, scope));
      const { stop } = await runController({ resources: [noting("r", [])], labelSelector: "version=1" }, { cluster });
      expect(scopes).toEqual([expect.objectContaining({ labelSelector: "version=1" })]);
      await stop();
    });
  });
});
