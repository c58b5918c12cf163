import { Event, Secret } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { constantBackoff } from "@operatorkit/retry";
import { describe, expect, it } from "vitest";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { Echo, echo } from "../testing/harness.ts";
import { DescribedError } from "./described-error.ts";
import { giantswarmFinalizer, ResourceController } from "./resource-controller.ts";
import type { ResourceControllerOptions } from "./resource-controller-options.ts";
import type { ResourceContext } from "./resource-context.ts";
import type { Resource } from "./resource.ts";
import { noting, runController, sampling, steps } from "./testing/run-controller.ts";

const OURS = "example.com/echo";
const a = { namespace: "n", name: "a" };
const deleting = { finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" };
/** Another's finalizer holds the object, so that what we do after our part is done can be seen. */
const held = { finalizers: [OURS, "a.com/a"], deletionTimestamp: "2026-01-01T00:00:00Z" };

function touch(cluster: FakeCluster, labels: Record<string, string>): void {
  const object = cluster.get(Echo, a);
  if (object !== undefined) cluster.put({ ...object, metadata: { ...object.metadata, labels } });
}

/** A resource of one function for both. */
function resource(run: (context: ResourceContext<Echo>) => void, name = "r"): Resource<Echo> {
  return { name, ensureCreated: run, ensureDeleted: run };
}

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
      const { cluster, stop } = await runController(
        { resources: [noting("r", calls)], labelSelector: "version=1", whenDeselected },
        { objects: [echo("a", "x", two), echo("b", "x", { ...one, finalizers: [OURS] })] },
      );
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
      const timestamps = (): string[] => [...samples].filter(([name]) => name.includes("_timestamp")).map(String);
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

    it("happens once at a time", async () => {
      const { cluster, controller, stop } = await runController({ resources });
      const { signal } = new AbortController();
      await expect(controller.run({ client: cluster.client(), signal })).rejects.toThrow("run resource controller echo: it runs already");
      expect(controller.healthChecks()[0]?.check()).toBeUndefined();
      await stop();
    });
  });

  it.each<[string, Partial<ResourceControllerOptions<Echo>>]>([
    ["resources: give either", {}],
    ["resources: give either", { resources: [noting("r", [])], resourceSets: [{ resources: [noting("r", [])] }] }],
    ["resources: must have one", { resources: [] }],
    ["resourceSets: must have one", { resourceSets: [] }],
    ["resourceSets[0].resources: must have one", { resourceSets: [{ resources: [] }] }],
    ["resources[0].name: is missing", { resources: [noting("", [])] }],
    ['resources[1].name: "r" is there twice', { resources: [noting("r", []), noting("r", [])] }],
    ["resources[0].ensureDeleted: must be a function", { resources: [{ name: "r", ensureCreated() {} } as never] }],
    ["resources[0].applyDeleteChange: must be a function", { resources: [{ ...crudWithout, name: "r" } as never] }],
    ["init: belongs to a set", { resourceSets: [{ resources: [noting("r", [])] }], init() {} }],
    ["bootTries: 0", { resources: [noting("r", [])], bootTries: 0 }],
    ["bootWaitMs: -1", { resources: [noting("r", [])], bootWaitMs: -1 }],
    ["bootTimeoutMs: NaN", { resources: [noting("r", [])], bootTimeoutMs: Number.NaN }],
    ["labelSelector: ", { resources: [noting("r", [])], labelSelector: "a in" }],
    ["whenDeselected: x must be", { resources: [noting("r", [])], whenDeselected: "x" as never, labelSelector: "a" }],
    ["whenDeselected: is about", { resources: [noting("r", [])], whenDeselected: "release" }],
    ["pauseAnnotations.a: must be a string", { resources: [noting("r", [])], pauseAnnotations: { a: true as never } }],
    ["resources[0]: must be a resource", { resources: [undefined as never] }],
    ["resourceSets: must be a list", { resourceSets: {} as never }],
    ["resourceSets[0].handles: must be a function", { resourceSets: [{ handles: true as never, resources: [noting("r", [])] }] }],
    ["resourceSets[0].resources: must have one at least", { resourceSets: [undefined as never] }],
    ["init: must be a function", { init: 1 as never, resources: [noting("r", [])] }],
    ["boot: must be a function", { boot: true as never, resources: [noting("r", [])] }],
    ["onBootFailed: must be a function", { onBootFailed: 1 as never, resources: [noting("r", [])] }],
    ["errorTracker: must have a capture method", { errorTracker: {} as never, resources: [noting("r", [])] }],
    [
      "whenDeselected: is about the finalizer, and there is none",
      { whenDeselected: "release", labelSelector: "a", finalizer: false, resources: [noting("r", [])] },
    ],
  ])("refuses what cannot work: %s", (message, options) => {
    expect(() => new ResourceController<Echo>({ name: "echo", for: Echo, ...options })).toThrow(`resource controller echo: ${message}`);
  });

  it("leaves what else a controller refuses to the controller", () => {
    const resources = [{ name: "r", ensureCreated() {}, ensureDeleted() {} }];
    expect(() => new ResourceController<Secret>({ name: "s", for: Secret, resources })).toThrow("the core group has no name");
    expect(() => new ResourceController<Echo>({ name: "", for: Echo, resources: [noting("r", [])] })).toThrow("name: is missing");
  });
});

const crudWithout = {
  getCurrentState() {},
  getDesiredState() {},
  newUpdatePatch() {},
  newDeletePatch() {},
  applyCreateChange() {},
  applyUpdateChange() {},
};
