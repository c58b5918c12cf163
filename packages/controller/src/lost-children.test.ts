import { ApiError, ignoreNotFound } from "@operatorkit/api";
import { ConfigMap } from "@operatorkit/object/kinds";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { LostChildren } from "./lost-children.ts";
import { constantBackoff } from "@operatorkit/retry";
import type { ReconcileContext } from "./reconcile-context.ts";
import { configMapOf } from "./testing/echo-reconciles.ts";
import type { FakeCluster } from "./testing/fake-cluster.ts";
import { Echo, echo, start, type Harness } from "./testing/harness.ts";
import { watch } from "./watch.ts";

const ref = { namespace: "n", name: "a" };

/** Makes a child that is not there, and writes nothing else. */
async function ensureChild(context: ReconcileContext<Echo>): Promise<void> {
  if (context.cache.get(ConfigMap, context.ref) === undefined) await context.api.apply(configMapOf(context));
}

/** Deletes children whose owner is gone or being deleted, as garbage collection does. */
function collectGarbage(cluster: FakeCluster): void {
  for (const { metadata } of cluster.list(ConfigMap)) {
    const [owner] = metadata.ownerReferences ?? [];
    const live = owner === undefined ? undefined : cluster.get(Echo, { namespace: "n", name: owner.name });
    if (live?.metadata.uid !== owner?.uid || live?.metadata.deletionTimestamp !== undefined) cluster.remove(ConfigMap, metadata);
  }
}

async function turns({ clock, cluster }: Pick<Harness, "clock" | "cluster">, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    collectGarbage(cluster);
    await clock.advance(100);
  }
}

describe("an object whose children are taken away as soon as they are made", () => {
  it("is asked for, and has no more turns when it is gone while the copy still shows it", async () => {
    const harness = await start({ owns: [ConfigMap], reconcile: ensureChild }, { objects: [echo("a")] });
    const { clock, cluster, stop } = harness;
    await clock.advance(100_000);
    cluster.hold(Echo);
    cluster.remove(Echo, ref);
    await turns(harness, 100);
    expect(cluster.writes).toEqual(["apply ConfigMap n/a as echo", "apply ConfigMap n/a as echo"]);
    expect(cluster.reads).toEqual(["Echo n/a"]);

    // Another object of its name is another object.
    cluster.put(echo("a"));
    cluster.release();
    await turns(harness, 2);
    expect(cluster.writes).toHaveLength(3);
    expect(cluster.list(ConfigMap)).toHaveLength(1);
    await stop();
  });

  it("is left alone when it has been re-created, until the copy knows", async () => {
    const harness = await start({ owns: [ConfigMap], reconcile: ensureChild }, { objects: [echo("a")] });
    const { cluster, stop } = harness;
    cluster.hold(Echo);
    cluster.remove(Echo, ref);
    const again = cluster.put(echo("a"));
    await turns(harness, 100);
    expect(cluster.writes).toHaveLength(1);
    cluster.release();
    await turns(harness, 2);
    expect(cluster.list(ConfigMap)[0]?.metadata.ownerReferences?.[0]?.uid).toBe(again.metadata.uid);
    await stop();
  });

  it("is not reconciled when the server says that it is being deleted, but cleaned up", async () => {
    const cleaned: (string | undefined)[] = [];
    const harness = await start(
      {
        owns: [ConfigMap],
        reconcile: ensureChild,
        cleanup: ({ object }) => {
          cleaned.push(object.metadata.deletionTimestamp);
          return { keepFinalizer: true };
        },
      },
      { objects: [echo("a")] },
    );
    const { cluster, stop } = harness;
    cluster.hold(Echo);
    cluster.remove(Echo, ref);
    await turns(harness, 100);
    expect(cluster.writes.filter((write) => write.includes("ConfigMap"))).toHaveLength(1);
    expect(cleaned).toHaveLength(1);
    expect(cleaned[0]).toBeDefined();
    cluster.release();
    await stop();
  });

  it("is left alone when its labels match no more", async () => {
    const harness = await start(
      { owns: [ConfigMap], labelSelector: "app=x", reconcile: ensureChild },
      { objects: [echo("a", "hello", { labels: { app: "x" } })] },
    );
    const { cluster, clock, stop } = harness;
    cluster.hold(Echo);
    cluster.put(echo("a", "hello", { labels: { app: "y" } }));
    cluster.remove(ConfigMap, ref);
    await clock.advance(100);
    expect(cluster.writes).toHaveLength(1);
    cluster.release();
    await stop();
  });

  it("has its turn when it is there, from what the server says", async () => {
    const texts: string[] = [];
    const harness = await start(
      {
        owns: [ConfigMap],
        async reconcile(context) {
          texts.push(context.object.spec.text);
          await ensureChild(context);
        },
      },
      { objects: [echo("a")] },
    );
    const { cluster, clock, stop } = harness;
    cluster.hold(Echo);
    cluster.put(echo("a", "newer"));
    cluster.remove(ConfigMap, ref);
    await clock.advance(100);
    // The child comes, which gives a turn; that must not go back to what the copy says.
    expect([texts, cluster.list(ConfigMap).length, cluster.reads]).toEqual([["hello", "hello", "newer"], 1, ["Echo n/a"]]);
    cluster.release();
    await clock.advance(100);
    expect(new Set(texts.slice(3))).toEqual(new Set(["newer"]));
    cluster.put(echo("a", "newest"));
    await clock.advance(100);
    expect([texts.at(-1), cluster.reads]).toEqual(["newest", ["Echo n/a"]]);
    await stop();
  });

  it("is asked for again when that failed, and taken from the copy when it may not be asked for", async () => {
    const harness = await start({ owns: [ConfigMap], backoff: constantBackoff(1000), reconcile: ensureChild }, { objects: [echo("a")] });
    const { cluster, clock, logs, stop } = harness;
    let error = new ApiError("get: overloaded", { code: "ServiceUnavailable", status: 503 });
    cluster.onRead = () => {
      throw error;
    };
    cluster.remove(ConfigMap, ref);
    await clock.advance(1500);
    expect([cluster.list(ConfigMap).length, cluster.reads.length]).toEqual([0, 2]);
    error = new ApiError("get: no", { code: "Forbidden", status: 403 });
    await clock.advance(1000);
    expect([cluster.list(ConfigMap).length, cluster.reads.length]).toEqual([1, 3]);
    expect(logs.filter(({ level }) => level === "error")).toHaveLength(2);
    await stop();
  });

  it("is asked for too when they are watched, and not owned", async () => {
    const harness = await start(
      {
        watches: [watch(ConfigMap, ({ metadata }) => [{ namespace: "n", name: metadata.name }])],
        reconcile: ensureChild,
      },
      { objects: [echo("a")] },
    );
    const { cluster, stop } = harness;
    cluster.hold(Echo);
    cluster.remove(Echo, ref);
    await turns(harness, 100);
    expect([cluster.writes.length, cluster.reads.length]).toEqual([1, 1]);
    cluster.release();
    await stop();
  });

  it("is not asked for because of what another one of its name has lost", async () => {
    const { cluster, clock, stop } = await start({ owns: [ConfigMap], reconcile: ensureChild }, { objects: [echo("a")] });
    cluster.hold();
    cluster.remove(Echo, ref);
    cluster.remove(ConfigMap, ref);
    cluster.release();
    await clock.advance(100);
    cluster.put(echo("a"));
    await clock.advance(100);
    expect([cluster.list(ConfigMap).length, cluster.reads]).toEqual([1, []]);
    await stop();
  });

  it("is not asked for otherwise: not in turns that write, nor after losing what is old, or what a turn deleted itself", async () => {
    const harness = await start(
      {
        owns: [ConfigMap],
        async reconcile(context) {
          const { api, object, ref: child } = context;
          if (object.spec.text === "delete") await ignoreNotFound(api.delete(ConfigMap, child));
          else await api.apply(configMapOf(context));
        },
      },
      { objects: [echo("a")] },
    );
    const { cluster, clock, stop } = harness;
    await clock.advance(60_000);
    cluster.put(echo("a", "more"));
    await clock.advance(100);
    cluster.remove(ConfigMap, ref);
    await clock.advance(100);
    expect(cluster.list(ConfigMap)).toHaveLength(1);
    cluster.put(echo("a", "delete"));
    await clock.advance(100);
    expect(cluster.writes).toContain("delete ConfigMap n/a as echo");
    expect(cluster.reads).toEqual([]);
    await stop();
  });
});

describe("LostChildren", () => {
  it("remembers for a minute, 10,000 at most, and forgets the oldest first", async () => {
    const clock = new ManualClock();
    const lost = new LostChildren({ clock });
    for (let i = 0; i < 10_001; i += 1) lost.made("n/a", `uid-${i}`);
    lost.gone("uid-0");
    expect([lost.size, lost.hasLost("n/a")]).toEqual([10_000, false]);
    lost.gone("uid-1");
    expect([lost.size, lost.hasLost("n/a")]).toEqual([10_000, true]);
    lost.settle("n/a");
    await clock.advance(60_000);
    lost.gone("uid-2");
    expect([lost.size, lost.hasLost("n/a")]).toEqual([0, false]);
  });

  it("knows of 10,000 keys that lost something, at most", () => {
    const lost = new LostChildren({ clock: new ManualClock() });
    for (let i = 0; i < 10_001; i += 1) {
      lost.made(`n/${i}`, `uid-${i}`);
      lost.gone(`uid-${i}`);
    }
    expect([lost.size, lost.hasLost("n/0"), lost.hasLost("n/1")]).toEqual([10_000, false, true]);
  });
});
