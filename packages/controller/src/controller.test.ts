import { ApiError } from "@operatorkit/api";
import { SharedInformers } from "@operatorkit/informer";
import { ConfigMap, Event, Secret } from "@operatorkit/object/kinds";
import type { Labels } from "@operatorkit/observe";
import { constantBackoff } from "@operatorkit/retry";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { Controller, type ControllerOptions } from "./controller.ts";
import { generationChanged } from "./predicate.ts";
import { ReconcileError, TerminalError } from "./reconcile-error.ts";
import type { ReconcileContext } from "./reconcile-context.ts";
import type { ReconcileResult } from "./reconcile-result.ts";
import { Echo, echo, start } from "./testing/harness.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { watch } from "./watch.ts";

const backoff = constantBackoff(1000);

/** A reconcile that notes the keys it is called with. */
function noting(): { keys: string[]; reconcile: (context: ReconcileContext<Echo>) => void } {
  const keys: string[] = [];
  return { keys, reconcile: ({ key }) => void keys.push(key) };
}

function configMapOf({ object, own }: ReconcileContext<Echo>): ConfigMap {
  return own<ConfigMap>({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: object.metadata.name },
    data: { text: object.spec.text },
  });
}

function ownedBy(owner: Echo | undefined): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "child",
      namespace: "n",
      ownerReferences: [
        {
          apiVersion: "example.com/v1",
          kind: "Echo",
          name: owner?.metadata.name ?? "",
          uid: owner?.metadata.uid ?? "",
          controller: true,
        },
      ],
    },
  };
}

function said({ object }: ReconcileContext<Echo>): ReconcileResult<Echo> {
  return {
    status: { said: object.spec.text },
    conditions: [{ type: "Ready", status: "True", reason: "Said" }],
  };
}

const FINALIZER = "example.com/echo";

function withCleanup(): { log: string[]; options: Pick<ControllerOptions<Echo>, "reconcile" | "cleanup"> } {
  const log: string[] = [];
  return {
    log,
    options: {
      reconcile: ({ object }) => void log.push(`reconcile ${object.metadata.name} ${object.metadata.finalizers?.join() ?? ""}`),
      cleanup: ({ object }) => void log.push(`cleanup ${object.metadata.name}`),
    },
  };
}

describe("Controller", () => {
  describe("turns", () => {
    it("gives each object a turn at the start, and after each change", async () => {
      const { keys, reconcile } = noting();
      const { clock, cluster, stop } = await start({ reconcile }, { objects: [echo("a"), echo("b")] });
      expect(keys).toEqual(["n/a", "n/b"]);
      cluster.put(echo("c"));
      cluster.put(echo("a", "changed"));
      await clock.advance(0);
      expect(keys).toEqual(["n/a", "n/b", "n/c", "n/a"]);
      expect(await stop()).toBe("stopped");
      expect(clock.pendingTimers).toBe(0);
    });

    it("does not begin before every copy is filled", async () => {
      const { keys, reconcile } = noting();
      const cluster = new FakeCluster([Echo, ConfigMap, Event]);
      const gate = Promise.withResolvers<void>();
      const listWatch = cluster.listWatch.bind(cluster);
      cluster.listWatch = (kind, scope) => {
        const real = listWatch(kind, scope);
        return kind.kind === "ConfigMap" ? { ...real, list: async (request) => (await gate.promise, real.list(request)) } : real;
      };
      const { clock, logs, controller, stop } = await start({ reconcile, owns: [ConfigMap] }, { cluster, objects: [echo("a")] });
      await clock.advance(35_000);
      expect(keys).toEqual([]);
      expect(controller.healthChecks()[0]?.check()).toMatch(/waits for the first list of .*configmaps/);
      expect(logs.map(({ message }) => message)).toContainEqual(expect.stringContaining("still waiting for the first list"));
      gate.resolve();
      await clock.advance(0);
      expect(keys).toEqual(["n/a"]);
      expect(controller.healthChecks()[0]?.check()).toBeUndefined();
      await stop();
      expect(controller.healthChecks()[0]?.check()).toMatch(/does not run/);
    });

    it("runs as many objects at a time as it may, one object never twice", async () => {
      const running = new Map<string, PromiseWithResolvers<void>>();
      let overlaps = 0;
      const reconcile = async ({ key }: ReconcileContext<Echo>): Promise<void> => {
        if (running.has(key)) overlaps += 1;
        const end = Promise.withResolvers<void>();
        running.set(key, end);
        await end.promise;
        running.delete(key);
      };
      const { clock, cluster, stop } = await start({ reconcile, concurrency: 2 }, { objects: [echo("a"), echo("b"), echo("c")] });
      expect([...running.keys()]).toEqual(["n/a", "n/b"]);
      cluster.put(echo("a", "changed"));
      await clock.advance(0);
      expect([...running.keys()]).toEqual(["n/a", "n/b"]);
      for (const expected of [["n/b", "n/a"], ["n/a", "n/c"], ["n/c"], []]) {
        running.values().next().value?.resolve();
        await clock.advance(0);
        expect([...running.keys()]).toEqual(expected);
      }
      expect(overlaps).toBe(0);
      await stop();
    });

    it("lets what happens now go before what was there at the start", async () => {
      const { keys, reconcile } = noting();
      let first: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
      const { clock, cluster, stop } = await start(
        {
          async reconcile(context) {
            reconcile(context);
            await first?.promise;
          },
        },
        { objects: ["a", "b", "c"].map((name) => echo(name)) },
      );
      cluster.put(echo("new"));
      await clock.advance(0);
      first?.resolve();
      first = undefined;
      await clock.advance(0);
      expect(keys).toEqual(["n/a", "n/new", "n/b", "n/c"]);
      await stop();
    });

    it("comes back after requeueAfterMs, once", async () => {
      const times: number[] = [];
      const clocks: ManualClock[] = [];
      const { clock, stop } = await start(
        {
          reconcile: () => {
            times.push(clocks[0]?.monotonicMs() ?? 0);
            return times.length < 3 ? { requeueAfterMs: 600_000 } : {};
          },
        },
        { objects: [echo("a")] },
      );
      clocks.push(clock);
      await clock.advance(10_000_000);
      expect(times).toEqual([0, 600_000, 1_200_000]);
      await stop();
    });

    it("is not called for objects that are gone, or deleted with somebody else's finalizer", async () => {
      const { keys, reconcile } = noting();
      const { clock, cluster, stop } = await start(
        { reconcile },
        { objects: [echo("a", "x", { finalizers: ["example.com/other"] }), echo("b")] },
      );
      cluster.remove(Echo, { namespace: "n", name: "a" });
      cluster.remove(Echo, { namespace: "n", name: "b" });
      await clock.advance(0);
      expect(keys).toEqual(["n/a", "n/b"]);
      await stop();
    });

    it("keeps to its namespace", async () => {
      const { keys, reconcile } = noting();
      const { clock, cluster, stop } = await start(
        { reconcile, namespace: "n" },
        { objects: [echo("a"), { ...echo("b"), metadata: { name: "b", namespace: "m" } }] },
      );
      cluster.put({ ...echo("c"), metadata: { name: "c", namespace: "m" } });
      await clock.advance(0);
      expect(keys).toEqual(["n/a"]);
      await stop();
    });

    it("shares informers that somebody else runs, and leaves them running", async () => {
      const clock = new ManualClock();
      const cluster = new FakeCluster([Echo, Event]);
      const client = cluster.client();
      const informers = new SharedInformers({ client, clock });
      const stopping = new AbortController();
      const stopInformers = new AbortController();
      const informing = informers.run({ signal: stopInformers.signal });
      const [one, two] = [noting(), noting()];
      const lease = informers.for(Echo);
      const runs = [
        new Controller<Echo>({ name: "one", for: Echo, reconcile: one.reconcile }),
        new Controller<Echo>({ name: "two", for: Echo, reconcile: two.reconcile }),
      ].map((controller) => controller.run({ client, signal: stopping.signal, informers, clock }));
      await clock.advance(0);
      cluster.put(echo("a"));
      await clock.advance(0);
      expect([informers.size, one.keys, two.keys]).toEqual([1, ["n/a"], ["n/a"]]);
      stopping.abort();
      await clock.advance(0);
      await Promise.all(runs);
      cluster.put(echo("b"));
      await clock.advance(0);
      expect(lease.lister.keys()).toEqual(["n/a", "n/b"]);
      expect(one.keys).toEqual(["n/a"]);
      stopInformers.abort();
      await clock.advance(0);
      await informing;
    });

    it("counts under controller-runtime's names", async () => {
      const counts = new Map<string, number>();
      const record = ({ name }: { name: string }) => ({
        add: (value: number, labels: Labels = {}) => {
          const id = [name, labels["result"]].filter(Boolean).join(" ");
          counts.set(id, (counts.get(id) ?? 0) + value);
        },
        set: (value: number) => void counts.set(name, value),
        observe: () => void counts.set(name, (counts.get(name) ?? 0) + 1),
        remove() {},
      });
      const { clock, stop } = await start(
        {
          backoff,
          concurrency: 4,
          metrics: { counter: record, gauge: record, histogram: record },
          reconcile({ object, failures }) {
            if (object.metadata.name === "bad" && failures === 0) throw new TypeError("undefined is not a function");
            if (object.metadata.name === "terminal") throw new TerminalError("no");
            return object.metadata.name === "later" ? { requeueAfterMs: 1_000_000 } : undefined;
          },
        },
        { objects: ["good", "bad", "terminal", "later"].map((name) => echo(name)) },
      );
      await clock.advance(1000);
      expect(Object.fromEntries([...counts].filter(([name]) => name.startsWith("controller_runtime")))).toEqual({
        "controller_runtime_reconcile_total success": 2,
        "controller_runtime_reconcile_total requeue_after": 1,
        "controller_runtime_reconcile_total error": 2,
        controller_runtime_reconcile_errors_total: 2,
        controller_runtime_terminal_reconcile_errors_total: 1,
        controller_runtime_reconcile_panics_total: 1,
        controller_runtime_reconcile_timeouts_total: 0,
        controller_runtime_reconcile_time_seconds: 5,
        controller_runtime_active_workers: 0,
        controller_runtime_max_concurrent_reconciles: 4,
      });
      await stop();
    });

    it("is given a frozen object, its key, and an api that writes as the controller", async () => {
      let seen: ReconcileContext<Echo> | undefined;
      const { cluster, stop } = await start(
        {
          owns: [ConfigMap],
          async reconcile(context) {
            if (seen === undefined) await context.api.apply(configMapOf(context));
            seen = context;
          },
        },
        { objects: [echo("a")] },
      );
      expect(seen?.ref).toEqual({ namespace: "n", name: "a" });
      expect(Object.isFrozen(seen?.object)).toBe(true);
      expect(cluster.writes).toEqual(["apply ConfigMap n/a as echo"]);
      await stop();
    });
  });

  describe("other kinds", () => {
    it("gives the owner a turn when what it controls is made, changed, handed over or deleted", async () => {
      const { keys, reconcile } = noting();
      const { clock, cluster, stop } = await start({ reconcile, owns: [ConfigMap] }, { objects: [echo("a"), echo("b")] });
      const [a, b] = ["a", "b"].map((name) => cluster.get(Echo, { namespace: "n", name }));
      const turnsAfter = async (change: () => void): Promise<string[]> => {
        keys.length = 0;
        change();
        await clock.advance(0);
        return keys.toSorted();
      };
      expect(await turnsAfter(() => void cluster.put(ownedBy(a)))).toEqual(["n/a"]);
      expect(await turnsAfter(() => void cluster.put(ownedBy(b)))).toEqual(["n/a", "n/b"]);
      expect(await turnsAfter(() => cluster.remove(ConfigMap, { namespace: "n", name: "child" }))).toEqual(["n/b"]);
      const stranger: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other", namespace: "n" } };
      expect(await turnsAfter(() => void cluster.put(stranger))).toEqual([]);
      await stop();
    });

    it("gives what watches maps to a turn, for the state before and after, with the cache at hand", async () => {
      const { keys, reconcile } = noting();
      const failures: unknown[] = [];
      const { clock, cluster, stop } = await start(
        {
          reconcile,
          onError: (error) => void failures.push(error),
          watches: [
            watch(ConfigMap, (configMap, { cache }) => {
              if (configMap.data?.["broken"] !== undefined) throw new Error("cannot map");
              return cache
                .list(Echo)
                .filter(({ spec }) => spec.text === configMap.data?.["for"])
                .map(({ metadata }) => metadata);
            }),
          ],
        },
        { objects: [echo("a", "one"), echo("b", "two"), echo("c", "two")] },
      );
      const put = (data: Record<string, string>): void =>
        void cluster.put<ConfigMap>({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m", namespace: "n" }, data });
      keys.length = 0;
      put({ for: "one" });
      await clock.advance(0);
      expect(keys).toEqual(["n/a"]);
      put({ for: "two" });
      await clock.advance(0);
      expect(keys.slice(1).toSorted()).toEqual(["n/a", "n/b", "n/c"]);
      put({ broken: "" });
      await clock.advance(0);
      expect(failures).toEqual([new Error("cannot map")]);
      expect(await stop()).toBe("stopped");
    });

    it("reads its kinds from the cache, typed, and refuses others by name", async () => {
      const found: unknown[] = [];
      const { clock, stop } = await start(
        {
          owns: [ConfigMap],
          async reconcile(context) {
            const { cache, api, object } = context;
            if (found.length === 0) await api.apply(configMapOf(context));
            const text: string | undefined = cache.get(ConfigMap, context.ref)?.data?.["text"];
            found.push([
              text,
              cache.list(Echo, { namespace: "n" }).length,
              cache.list(Echo, { namespace: "m" }).length,
              cache.owned(ConfigMap).length,
            ]);
            expect(() => cache.get(Secret, object.metadata)).toThrow(/keeps no copy of Secret \(v1\); add the kind to owns or watches/);
            expect(() => cache.owned(Echo)).toThrow(/Echo \(example.com\/v1\) is not in its owns/);
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(0);
      expect(found).toEqual([
        [undefined, 1, 0, 0],
        ["hello", 1, 0, 1],
      ]);
      await stop();
    });

    it("heeds predicates for changes of its own kind, and treats one that throws as a no", async () => {
      const { keys, reconcile } = noting();
      const failures: unknown[] = [];
      const { clock, cluster, stop } = await start(
        {
          reconcile,
          onError: (error) => void failures.push(error),
          predicates: [
            generationChanged,
            ({ object }) => {
              if (object.spec.text === "broken") throw new Error("cannot say");
              return true;
            },
          ],
        },
        { objects: [echo("a")] },
      );
      cluster.put(echo("a", "hello", { labels: { app: "x" } }));
      cluster.put(echo("b", "broken"));
      await clock.advance(0);
      expect(keys).toEqual(["n/a"]);
      expect(failures).toEqual([new Error("cannot say")]);
      cluster.put(echo("a", "changed"));
      await clock.advance(0);
      expect(keys).toEqual(["n/a", "n/a"]);
      await stop();
    });
  });

  describe("failures", () => {
    it.each<[string, ControllerOptions<Echo>["reconcile"]]>([
      [
        "throws",
        () => {
          throw new Error("no");
        },
      ],
      ["rejects", () => Promise.reject(new Error("no"))],
      ["never settles", () => new Promise(() => {})],
      ["asks for a delay that is no number", () => ({ requeueAfterMs: Number.NaN })],
    ])("stay with their object when a reconcile %s", async (_what, fail) => {
      const told: [string, number | undefined][] = [];
      const { keys, reconcile } = noting();
      const { clock, logs, stop } = await start(
        {
          backoff,
          reconcileTimeoutMs: 5000,
          onError: (_error, { key, retryInMs }) => void told.push([key, retryInMs]),
          reconcile(context) {
            if (context.key === "n/bad") return fail(context);
            reconcile(context);
            return undefined;
          },
        },
        { objects: [echo("bad"), echo("good")] },
      );
      await clock.advance(5000);
      expect(keys).toEqual(["n/good"]);
      expect(told[0]).toEqual(["n/bad", 1000]);
      expect(logs.filter(({ level }) => level === "error")[0]).toMatchObject({
        fields: { controller: "echo", object: "n/bad", failures: 1, retryInMs: 1000 },
      });
      await stop();
    });

    it("are tried again, later each time, until a success forgets them", async () => {
      const attempts: [number, number][] = [];
      const clocks: ManualClock[] = [];
      const { clock, cluster, stop } = await start(
        {
          reconcile({ failures, object }) {
            attempts.push([clocks[0]?.monotonicMs() ?? 0, failures]);
            if (object.spec.text !== "good") throw new Error("no");
          },
        },
        { objects: [echo("a")] },
      );
      clocks.push(clock);
      await clock.advance(40);
      expect(attempts).toEqual([
        [0, 0],
        [5, 1],
        [15, 2],
        [35, 3],
      ]);
      cluster.put(echo("a", "good"));
      await clock.advance(10_000);
      cluster.put(echo("a", "bad"));
      await clock.advance(0);
      expect(attempts.slice(4)).toEqual([
        [40, 4],
        [10_040, 0],
      ]);
      await stop();
    });

    it("wait as long as the server asks", async () => {
      const delays: unknown[] = [];
      const { stop } = await start(
        {
          backoff,
          onError: (_error, { retryInMs }) => void delays.push(retryInMs),
          reconcile() {
            throw new ApiError("apply: too many requests", { code: "TooManyRequests", status: 429, retryAfterMs: 7000 });
          },
        },
        { objects: [echo("a")] },
      );
      expect(delays).toEqual([7000]);
      await stop();
    });

    it("that are terminal are not tried again until something changes", async () => {
      const told: unknown[] = [];
      let calls = 0;
      const { clock, cluster, stop } = await start(
        {
          backoff,
          onError: (error, { retryInMs }) => void told.push([(error as Error).message, retryInMs]),
          reconcile() {
            calls += 1;
            throw new TerminalError("spec.text is no text");
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(60_000);
      expect([calls, told]).toEqual([1, [["spec.text is no text", undefined]]]);
      cluster.put(echo("a", "better"));
      await clock.advance(0);
      expect(calls).toBe(2);
      await stop();
    });

    it("may say in the status why", async () => {
      const { cluster, stop } = await start(
        {
          backoff,
          reconcile() {
            throw new ReconcileError("the registry refuses", { conditions: [{ type: "Ready", status: "False", reason: "Refused" }] });
          },
        },
        { objects: [echo("a")] },
      );
      expect(cluster.get(Echo, { namespace: "n", name: "a" })?.status).toMatchObject({
        observedGeneration: 1,
        conditions: [{ type: "Ready", status: "False", reason: "Refused" }],
      });
      await stop();
    });

    it("free the worker at the deadline, hold the object until the reconcile has really ended, and write nothing late", async () => {
      const calls: string[] = [];
      const gate = Promise.withResolvers<void>();
      let signal: AbortSignal | undefined;
      const { clock, cluster, stop } = await start(
        {
          backoff,
          reconcileTimeoutMs: 5000,
          async reconcile(context) {
            calls.push(context.key);
            if (calls.length === 1) {
              signal = context.signal;
              await gate.promise;
            }
            return { status: { said: context.key } };
          },
        },
        { objects: [echo("a"), echo("b")] },
      );
      await clock.advance(4999);
      expect(calls).toEqual(["n/a"]);
      await clock.advance(1);
      expect(calls.slice(0, 2)).toEqual(["n/a", "n/b"]);
      expect(signal?.aborted).toBe(true);
      await clock.advance(60_000);
      expect(calls.filter((key) => key === "n/a")).toHaveLength(1);
      expect(cluster.writes.filter((write) => write.includes("n/a"))).toEqual([]);
      gate.resolve();
      await clock.advance(0);
      expect(calls.filter((key) => key === "n/a").length).toBeGreaterThan(1);
      expect(await stop()).toBe("stopped");
    });

    it("survive an onError that throws", async () => {
      const { logs, stop } = await start(
        {
          backoff,
          onError() {
            throw new Error("the reporter is broken");
          },
          reconcile() {
            throw new Error("no");
          },
        },
        { objects: [echo("a")] },
      );
      expect(logs.map(({ message }) => message)).toContain("onError failed");
      expect(await stop()).toBe("stopped");
    });
  });

  describe("status", () => {
    it("is applied as the controller, with generation and transition time, and only when it differs", async () => {
      const { clock, cluster, stop } = await start({ reconcile: said }, { objects: [echo("a")] });
      await clock.advance(0);
      expect(cluster.get(Echo, { namespace: "n", name: "a" })?.status).toEqual({
        said: "hello",
        observedGeneration: 1,
        conditions: [
          { type: "Ready", status: "True", reason: "Said", message: "", observedGeneration: 1, lastTransitionTime: "2026-01-01T00:00:00Z" },
        ],
      });
      expect(cluster.writes).toEqual(["apply Echo n/a status as echo"]);
      const written = cluster.get(Echo, { namespace: "n", name: "a" });
      cluster.put({ ...echo("a", "hello", { labels: { x: "y" } }), status: written?.status } as Echo);
      await clock.advance(0);
      expect(cluster.writes).toHaveLength(1);
      cluster.put({ ...echo("a", "changed"), status: written?.status } as Echo);
      await clock.advance(5000);
      expect(cluster.writes).toHaveLength(2);
      expect(cluster.get(Echo, { namespace: "n", name: "a" })?.status).toMatchObject({ said: "changed", observedGeneration: 2 });
      await stop();
    });

    it("is not written again by a restart", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      const first = await start({ reconcile: said }, { cluster, objects: ["a", "b", "c"].map((name) => echo(name)) });
      await first.clock.advance(0);
      await first.stop();
      expect(cluster.writes).toHaveLength(3);
      const second = await start({ reconcile: said }, { cluster });
      await second.clock.advance(0);
      await second.stop();
      expect(cluster.writes).toHaveLength(3);
    });

    it("is not written again while the server makes something else of it", async () => {
      const { clock, cluster, stop } = await start({ reconcile: said }, { objects: [echo("a")] });
      await clock.advance(0);
      const written = cluster.get(Echo, { namespace: "n", name: "a" });
      // Somebody else keeps a field of its own in the status.
      const theirs = (): void => void cluster.put({ ...echo("a"), status: { ...written?.status, theirs: 1 } } as Echo);
      // The pretended server replaces the status whole; a real one keeps what others own, so does this one from here on.
      cluster.keepsInStatus = { theirs: 1 };
      theirs();
      await clock.advance(0);
      expect(cluster.writes).toHaveLength(2);
      cluster.put({
        ...(cluster.get(Echo, { namespace: "n", name: "a" }) as Echo),
        metadata: { name: "a", namespace: "n", labels: { x: "y" } },
      });
      await clock.advance(1000);
      expect(cluster.writes).toHaveLength(2);
      await stop();
    });

    it("of an object that was re-created or is gone is not written", async () => {
      const gate = Promise.withResolvers<void>();
      const { clock, cluster, logs, stop } = await start(
        {
          concurrency: 2,
          async reconcile(context) {
            await gate.promise;
            return context.failures === 0 ? { status: { said: "old" } } : undefined;
          },
        },
        { objects: [echo("gone"), echo("again")] },
      );
      cluster.hold();
      cluster.remove(Echo, { namespace: "n", name: "gone" });
      cluster.remove(Echo, { namespace: "n", name: "again" });
      cluster.put(echo("again"));
      gate.resolve();
      await clock.advance(0);
      expect(logs.filter(({ level }) => level === "error")).toEqual([]);
      expect(cluster.get(Echo, { namespace: "n", name: "again" })?.status).toBeUndefined();
      cluster.release();
      await stop();
    });

    it("that says an object is gone ends its turns, though the copy shows it; another of its name has turns", async () => {
      const turns: string[] = [];
      let said = "before";
      const { clock, cluster, stop } = await start(
        {
          resyncMs: 100,
          reconcile: ({ object }) => {
            turns.push(object.metadata.uid ?? "");
            return { status: { said } };
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(250);
      cluster.hold();
      said = "after";
      cluster.remove(Echo, { namespace: "n", name: "a" });
      const before = turns.length;
      await clock.advance(20_000);
      expect(turns.length - before).toBeLessThanOrEqual(1);
      const again = cluster.put(echo("a"));
      cluster.release();
      await clock.advance(100);
      expect(turns.at(-1)).toBe(again.metadata.uid);
      await stop();
    });
  });

  describe("cleanup", () => {
    it("keeps a finalizer from before the first reconcile until it has succeeded", async () => {
      const { log, options } = withCleanup();
      const { clock, cluster, stop } = await start(options, { objects: [echo("a", "x", { finalizers: ["example.com/other"] })] });
      await clock.advance(0);
      expect(log[0]).toBe(`reconcile a example.com/other,${FINALIZER}`);
      cluster.remove(Echo, { namespace: "n", name: "a" });
      await clock.advance(0);
      expect(log.at(-1)).toBe("cleanup a");
      expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["example.com/other"]);
      await clock.advance(60_000);
      expect(log.filter((line) => line.startsWith("cleanup"))).toHaveLength(1);
      await stop();
    });

    it("is tried again when it fails, and keeps the object until then", async () => {
      let calls = 0;
      const { clock, cluster, stop } = await start(
        {
          backoff,
          reconcile: () => {},
          cleanup() {
            calls += 1;
            if (calls < 3) throw new Error("the address is in use");
          },
        },
        { objects: [echo("a")] },
      );
      await clock.advance(0);
      cluster.remove(Echo, { namespace: "n", name: "a" });
      await clock.advance(1500);
      expect([calls, cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers]).toEqual([2, [FINALIZER]]);
      await clock.advance(1000);
      expect([calls, cluster.get(Echo, { namespace: "n", name: "a" })]).toEqual([3, undefined]);
      await stop();
    });

    it("that takes its time keeps the finalizer and is called again", async () => {
      const answers = [{ requeueAfterMs: 10_000 }, undefined];
      const { clock, cluster, stop } = await start({ reconcile: () => {}, cleanup: () => answers.shift() }, { objects: [echo("a")] });
      await clock.advance(0);
      cluster.remove(Echo, { namespace: "n", name: "a" });
      await clock.advance(9999);
      expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeDefined();
      await clock.advance(1);
      expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeUndefined();
      await stop();
    });

    it("is called for what was deleted while the controller did not run", async () => {
      const { log, options } = withCleanup();
      const objects = [echo("a", "x", { finalizers: [FINALIZER], deletionTimestamp: "2026-01-01T00:00:00Z" })];
      const { clock, cluster, stop } = await start(options, { objects });
      await clock.advance(0);
      expect(log).toEqual(["cleanup a"]);
      expect(cluster.get(Echo, { namespace: "n", name: "a" })).toBeUndefined();
      await stop();
    });

    it("copes with a finalizer that somebody else removed, and with an object deleted while it is protected", async () => {
      const { log, options } = withCleanup();
      const cluster = new FakeCluster([Echo, Event]);
      cluster.onWrite = ({ verb, body }) => {
        if (
          verb === "patch" &&
          JSON.stringify(body).includes(FINALIZER) &&
          cluster.get(Echo, { namespace: "n", name: "late" }) !== undefined
        ) {
          cluster.remove(Echo, { namespace: "n", name: "late" });
        }
      };
      const { clock, logs, stop } = await start(options, { cluster, objects: [echo("late")] });
      await clock.advance(0);
      expect(log).toEqual([]);
      expect(logs.filter(({ level }) => level === "error")).toEqual([]);
      await stop();
    });

    it("uses the finalizer it is given", async () => {
      const { cluster, stop, controller } = await start(
        { reconcile: () => {}, cleanup: () => {}, finalizer: "other.example.com/x" },
        { objects: [echo("a")] },
      );
      expect(controller.finalizer).toBe("other.example.com/x");
      expect(cluster.get(Echo, { namespace: "n", name: "a" })?.metadata.finalizers).toEqual(["other.example.com/x"]);
      await stop();
    });
  });

  describe("own writes", () => {
    it("are in the cache before the object's next turn", async () => {
      const seen: (string | undefined)[] = [];
      const { clock, cluster, stop } = await start(
        {
          owns: [ConfigMap],
          async reconcile(context) {
            const child = context.cache.get(ConfigMap, context.ref);
            seen.push(child?.metadata.uid);
            if (child === undefined) await context.api.create(configMapOf(context));
          },
        },
        { objects: [] },
      );
      cluster.put(echo("a"));
      cluster.onWrite = () => cluster.hold();
      await clock.advance(0);
      expect(seen).toEqual([undefined]);
      // The informer of Echo hears of a change, the one of ConfigMap lags behind.
      const created = cluster.get(ConfigMap, { namespace: "n", name: "a" });
      cluster.put(echo("a", "changed"));
      await clock.advance(1000);
      cluster.release();
      await clock.advance(0);
      expect(seen.slice(1).every((uid) => uid === created?.metadata.uid)).toBe(true);
      expect(seen.length).toBeGreaterThan(1);
      expect(cluster.writes).toEqual(["create ConfigMap n/a as echo"]);
      await stop();
    });
  });

  describe("events", () => {
    it("tell people about the object, as the controller", async () => {
      const { clock, cluster, stop } = await start(
        { reconcile: ({ event }) => event("Normal", "Said", "said hello") },
        { objects: [echo("a")] },
      );
      await clock.advance(0);
      expect(cluster.list(Event)).toMatchObject([
        {
          involvedObject: { kind: "Echo", name: "a", namespace: "n" },
          reason: "Said",
          message: "said hello",
          source: { component: "echo" },
        },
      ]);
      await stop();
    });
  });

  describe("stopping", () => {
    it("lets the turns that run end, and gives no more", async () => {
      const gate = Promise.withResolvers<void>();
      const log: string[] = [];
      const { clock, run, abort } = await start(
        {
          async reconcile({ key, signal }) {
            await gate.promise;
            log.push(`${key} ${signal.aborted}`);
            return { status: { said: "yes" } };
          },
        },
        { objects: [echo("a"), echo("b")] },
      );
      abort();
      await clock.advance(1000);
      gate.resolve();
      await clock.advance(0);
      expect(await run).toBe("stopped");
      expect(log).toEqual(["n/a false"]);
      expect(clock.pendingTimers).toBe(0);
    });

    it("aborts turns after the grace, and does not call that a failure", async () => {
      let reason: unknown;
      const { clock, logs, run, abort } = await start(
        { reconcile: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject((reason = signal.reason)))) },
        { objects: [echo("a")] },
      );
      abort();
      await clock.advance(4999);
      expect(reason).toBeUndefined();
      await clock.advance(1);
      expect(await run).toBe("stopped");
      expect(reason).toEqual(new Error("controller echo is stopping"));
      expect(logs.filter(({ level }) => level === "error")).toEqual([]);
    });

    it("names the turns that do not end in time", async () => {
      const { clock, run, abort } = await start({ reconcile: () => new Promise(() => {}) }, { objects: [echo("a")] });
      abort();
      await clock.advance(30_000);
      expect(await run).toEqual(
        expect.objectContaining({ message: expect.stringContaining("the turn of n/a did not end within 30000 ms") }),
      );
      expect(clock.pendingTimers).toBe(0);
    });

    it("may happen before it has synced, and it may run again afterwards, but not twice at once", async () => {
      const cluster = new FakeCluster([Echo, Event]);
      const { reconcile } = noting();
      const controller = new Controller({ name: "echo", for: Echo, reconcile });
      const clock = new ManualClock();
      await controller.run({ client: cluster.client(), signal: AbortSignal.abort(), clock });
      const stopping = new AbortController();
      const run = controller.run({ client: cluster.client(), signal: stopping.signal, clock });
      await expect(controller.run({ client: cluster.client(), signal: stopping.signal, clock })).rejects.toThrow(/runs already/);
      await clock.advance(0);
      stopping.abort();
      await clock.advance(0);
      await run;
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe("bad options", () => {
    const good: ControllerOptions<Echo> = { name: "echo", for: Echo, reconcile: () => {} };
    it.each<[string, RegExp, Partial<ControllerOptions<Echo>>]>([
      ["name", /name: is missing/, { name: "" }],
      ["name", /128 characters/, { name: "x".repeat(129) }],
      ["for", /for: must be a kind/, { for: "Echo" as unknown as typeof Echo }],
      ["owns", /owns\[1\]: ConfigMap is there twice/, { owns: [ConfigMap, ConfigMap] }],
      ["watches", /watches\[0\].map/, { watches: [{ kind: ConfigMap }] as unknown as NonNullable<ControllerOptions<Echo>["watches"]> }],
      ["concurrency", /concurrency: 0/, { concurrency: 0 }],
      ["reconcileTimeoutMs", /reconcileTimeoutMs: NaN/, { reconcileTimeoutMs: Number.NaN }],
      ["stopTimeoutMs", /stopTimeoutMs: -1/, { stopTimeoutMs: -1 }],
      ["finalizer", /finalizer: is for a cleanup/, { finalizer: "example.com/x" }],
      ["finalizer", /finalizer "no slash"/, { finalizer: "no slash", cleanup: () => {} }],
      ["finalizer", /finalizer "example.com\/not a name"/, { name: "not a name", cleanup: () => {} }],
    ])("a %s that cannot work is refused: %s", (_field, message, bad) => {
      expect(() => new Controller<Echo>({ ...good, ...bad })).toThrow(message);
    });

    it("a cleanup for a kind of the core group needs a finalizer of its own", () => {
      expect(() => new Controller<ConfigMap>({ name: "x", for: ConfigMap, reconcile: () => {}, cleanup: () => {} })).toThrow(
        /finalizer of controller "x": the core group has no name/,
      );
    });
  });
});
