import { SharedInformers } from "@operatorkit/informer";
import { ConfigMap, Event, Secret } from "@operatorkit/object/kinds";
import type { Labels } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { Controller } from "./controller.ts";
import { TerminalError } from "./reconcile-error.ts";
import type { ReconcileContext } from "./reconcile-context.ts";
import { backoff, configMapOf, noting } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start } from "./testing/harness.ts";

describe("a controller's turns", () => {
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
    const reminders = (): number => logs.filter(({ message }) => message.includes("still waiting for the first list")).length;
    expect(reminders()).toBe(1);
    await clock.advance(30_000);
    expect(reminders()).toBe(2);
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

  it("keeps no share of shared informers when one of its kinds cannot be watched", async () => {
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const listWatch = cluster.listWatch.bind(cluster);
    cluster.listWatch = (kind, scope) => {
      if (kind.kind === "Secret") throw new Error(`there is no ${kind.kind} here`);
      return listWatch(kind, scope);
    };
    const client = cluster.client();
    const informers = new SharedInformers({ client });
    const lease = informers.for(ConfigMap);
    const controller = new Controller<Echo>({ name: "echo", for: Echo, owns: [ConfigMap, Secret], reconcile: () => {} });
    await expect(controller.run({ client, informers, signal: AbortSignal.abort() })).rejects.toThrow("there is no Secret here");
    expect(informers.size).toBe(1);
    lease.release();
    expect(informers.size).toBe(0);
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
        concurrency: 5,
        reconcileTimeoutMs: 500,
        metrics: { counter: record, gauge: record, histogram: record },
        reconcile({ object, failures, signal }) {
          if (object.metadata.name === "bad" && failures === 0) throw new TypeError("undefined is not a function");
          if (object.metadata.name === "terminal") throw new TerminalError("no");
          if (object.metadata.name === "slow" && failures === 0)
            return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
          return object.metadata.name === "later" ? { requeueAfterMs: 1_000_000 } : undefined;
        },
      },
      { objects: ["good", "bad", "terminal", "later", "slow"].map((name) => echo(name)) },
    );
    expect(counts.get("operatorkit_controller_failing_objects")).toBe(2);
    await clock.advance(2000);
    expect(counts.get("operatorkit_controller_failing_objects")).toBe(1);
    expect(Object.fromEntries([...counts].filter(([name]) => name.startsWith("controller_runtime")))).toEqual({
      "controller_runtime_reconcile_total success": 3,
      "controller_runtime_reconcile_total requeue_after": 1,
      "controller_runtime_reconcile_total error": 3,
      controller_runtime_reconcile_errors_total: 3,
      controller_runtime_terminal_reconcile_errors_total: 1,
      controller_runtime_reconcile_panics_total: 1,
      controller_runtime_reconcile_timeouts_total: 1,
      controller_runtime_reconcile_time_seconds: 7,
      controller_runtime_active_workers: 0,
      controller_runtime_max_concurrent_reconciles: 5,
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
