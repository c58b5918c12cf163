import { ApiError } from "@operatorkit/api";
import { ConfigMap, Event } from "@operatorkit/object/kinds";
import type { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { configMapOf, said } from "./testing/echo-reconciles.ts";
import { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start } from "./testing/harness.ts";
import { watch } from "./watch.ts";

describe("a controller's status", () => {
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

describe("a controller's own writes", () => {
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

  it("are waited for no longer than 5 minutes, when a copy is silent", async () => {
    let turns = 0;
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const listWatch = cluster.listWatch.bind(cluster);
    let isListed = false;
    cluster.listWatch = (kind, scope) => {
      const real = listWatch(kind, scope);
      if (kind.kind !== "ConfigMap") return real;
      return {
        ...real,
        async list(request) {
          if (isListed) throw new ApiError("list: overloaded", { code: "ServiceUnavailable", status: 503 });
          isListed = true;
          return real.list(request);
        },
      };
    };
    const { clock, stop } = await start(
      {
        owns: [ConfigMap],
        async reconcile(context) {
          if ((turns += 1) === 1) await context.api.create(configMapOf(context));
        },
      },
      { cluster },
    );
    cluster.hold(ConfigMap);
    cluster.put(echo("a"));
    await clock.advance(0);
    cluster.put(echo("a", "changed"));
    await clock.advance(299_000);
    expect(turns).toBe(1);
    await clock.advance(1000);
    expect(turns).toBe(2);
    await stop();
  });

  it("end the wait when the cache shows them, also where that gives nobody a turn", async () => {
    const begun: number[] = [];
    const clocks: ManualClock[] = [];
    const { clock, cluster, stop } = await start({
      watches: [watch(ConfigMap, () => [])],
      async reconcile(context) {
        begun.push(clocks[0]?.monotonicMs() ?? 0);
        if (begun.length > 1) return {};
        await context.api.create(configMapOf(context));
        return { requeueAfterMs: 10 };
      },
    });
    clocks.push(clock);
    cluster.hold(ConfigMap);
    cluster.put(echo("a"));
    await clock.advance(500);
    expect(begun).toHaveLength(1);
    cluster.release();
    await clock.advance(1000);
    expect(begun).toEqual([begun[0], (begun[0] ?? 0) + 500]);
    await stop();
  });

  it("are not waited for in a namespace that it keeps no copy of, nor for another object of the name", async () => {
    const turns: (string | undefined)[] = [];
    const cluster = new FakeCluster([Echo, ConfigMap, Event]);
    const { clock, stop } = await start(
      {
        namespace: "n",
        owns: [ConfigMap],
        async reconcile({ object, api, own }) {
          turns.push(object.metadata.uid);
          if (turns.length > 2) return {};
          const metadata = { name: "a", namespace: turns.length === 1 ? "m" : "n" };
          const made: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata };
          await api.create(turns.length === 1 ? made : own(made));
          if (turns.length === 2) cluster.remove(Echo, { namespace: "n", name: "a" });
          return turns.length === 1 ? { requeueAfterMs: 10 } : { status: { said: "gone by now" } };
        },
      },
      { cluster },
    );
    cluster.hold(ConfigMap);
    const { uid } = cluster.put(echo("a")).metadata;
    await clock.advance(10);
    expect(turns).toEqual([uid, uid]);
    const again = cluster.put(echo("a")).metadata.uid;
    await clock.advance(10);
    expect(turns).toEqual([uid, uid, again]);
    cluster.release();
    await stop();
  });

  it("give it one turn when the cache shows them, not another for having waited", async () => {
    let turns = 0;
    const { clock, cluster, stop } = await start(
      {
        owns: [ConfigMap],
        async reconcile(context) {
          turns += 1;
          if (context.cache.get(ConfigMap, context.ref) !== undefined) return {};
          await context.api.create(configMapOf(context));
          return { requeueAfterMs: 10 };
        },
      },
      { objects: [] },
    );
    cluster.put(echo("a"));
    cluster.onWrite = () => cluster.hold();
    await clock.advance(1000);
    expect(turns).toBe(1);
    cluster.release();
    await clock.advance(1000);
    expect(turns).toBe(2);
    await stop();
  });
});
