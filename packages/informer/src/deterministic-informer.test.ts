import { entryOf, type ListWatch } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { DeterministicInformer } from "./deterministic-informer.ts";
import type { EventStreams, ToldUpdate } from "./event-streams.ts";
import { FakeServer, Widget } from "./testing/fake-server.ts";
import { StreamWorld } from "./testing/stream-world.ts";

const MINUTE_MS = 60_000;

describe("the deterministic informer claims that", () => {
  it("1: any kind that can be watched will do", async () => {
    interface Node extends KubernetesObject {
      readonly apiVersion: "v1";
      readonly kind: "Node";
    }
    const names = { singular: "node", plural: "nodes", listKind: "NodeList", shortNames: [], categories: [] };
    const kind: Kind<Node> = { ...names, group: "", version: "v1", apiVersion: "v1", kind: "Node", namespaced: false };
    const node: Node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1", uid: "u", resourceVersion: "7" } };
    const clock = new ManualClock();
    const listWatch: ListWatch<Node> = {
      kind,
      list: () => Promise.resolve({ entries: [entryOf(node)], resourceVersion: "7" }),
      watch: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })),
    };
    const informer = new DeterministicInformer({ listWatch, clock });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    const { updates } = await informer.watch();
    for await (const update of updates) {
      expect(update).toEqual({ key: "n1", object: node, isReplay: true });
      break;
    }
    stop.abort();
    await clock.advance(0);
    await running;
  });

  it("2: what is created, changed or deleted is told at once", async () => {
    await using world = new StreamWorld({ rateWaitMs: MINUTE_MS });
    for (const name of ["a", "b", "c"]) world.server.create(name);
    await world.start();
    await world.news();
    await world.clock.advance(1_000);
    world.server.create("new");
    world.server.update("c");
    world.server.delete("b");
    expect((await world.news()).toSorted()).toEqual(["delete b@106 at 1000", "update c@105 at 1000", "update new@104 at 1000"]);
  });

  it("3: created and changed objects share one stream, and cannot be told apart", async () => {
    await using world = new StreamWorld();
    await world.start();
    const told: ToldUpdate<Widget>[] = [];
    const { updates } = await world.informer.watch();
    void (async () => {
      for await (const update of updates) told.push(update);
    })();
    const created = world.server.create("a");
    await world.settle();
    const changed = world.server.update("a");
    await world.settle();
    expect(told).toEqual([
      { key: "default/a", object: created, isReplay: false },
      { key: "default/a", object: changed, isReplay: false },
    ]);
  });

  it("4: what is there is not told during a resync period, but once after it", async () => {
    await using world = new StreamWorld({ resyncPeriodMs: MINUTE_MS });
    world.server.create("a");
    await world.start();
    world.server.create("b");
    expect(await world.news()).toEqual(["update a@101 at 0 replay", "update b@102 at 0"]);
    await world.clock.advance(MINUTE_MS - 1);
    expect(await world.news()).toEqual([]);
    await world.clock.advance(1);
    expect(await world.news()).toEqual(["update a@101 at 60000 replay", "update b@102 at 60000 replay"]);
    await world.clock.advance(MINUTE_MS - 1);
    expect(await world.news()).toEqual([]);
  });

  it("5: nothing is told twice, whatever the connection does", async () => {
    await using world = new StreamWorld({ resyncPeriodMs: 3_600_000 });
    world.server.create("a");
    await world.start();
    const b = world.server.create("b");
    await world.news();
    world.server.breakStreams();
    await world.clock.advance(MINUTE_MS);
    world.server.say({ type: "ADDED", entry: entryOf(b) });
    await world.settle();
    world.server.writeOtherKinds(1);
    world.server.compact();
    world.server.endStreams();
    await world.clock.advance(MINUTE_MS);
    expect(await world.news()).toEqual([]);
    expect(world.server.requests.filter(({ type }) => type === "list")).toHaveLength(2);
  });

  it("6: telling what is there can be slowed down", async () => {
    await using world = new StreamWorld({ rateWaitMs: 1_000, resyncPeriodMs: MINUTE_MS });
    for (const name of ["a", "b", "c"]) world.server.create(name);
    await world.start();
    await world.clock.advance(MINUTE_MS + 5_000);
    const moments = [0, 1_000, 2_000, 60_000, 61_000, 62_000];
    expect(await world.news()).toEqual(moments.map((at, index) => `update ${"abc"[index % 3]}@${101 + (index % 3)} at ${at} replay`));
  });
});

describe("of the gaps of giantswarm's informer there is none:", () => {
  it("I1: a change between the first list and the watch, or during a slow replay, is told, once and in its newest version", async () => {
    await using world = new StreamWorld({ rateWaitMs: MINUTE_MS, resyncPeriodMs: 3_600_000 });
    for (const name of ["a", "b"]) world.server.create(name);
    world.server.failNext("watch", { type: "break" });
    world.run();
    await world.settle();
    world.server.update("b");
    world.read(await world.informer.watch());
    expect(await world.news()).toEqual(["update a@101 at 0 replay"]);
    await world.clock.advance(5_000);
    expect((await world.news()).map((line) => line.replace(/ at .*/, ""))).toEqual(["update b@103"]);
    await world.clock.advance(5 * MINUTE_MS);
    expect(await world.news()).toEqual([]);
  });

  it("I2: an object that came within the period is not told again by a reconnect", async () => {
    await using world = new StreamWorld();
    await world.start();
    world.server.create("a");
    expect(await world.news()).toHaveLength(1);
    world.server.writeOtherKinds(1);
    world.server.compact();
    world.server.breakStreams();
    await world.clock.advance(MINUTE_MS);
    expect(world.server.requests.filter(({ type }) => type === "list")).toHaveLength(2);
    expect(await world.news()).toEqual([]);
  });

  it("I3: a change that two watches deliver is told once, and an older version never", async () => {
    await using world = new StreamWorld();
    const old = world.server.create("a");
    await world.start();
    await world.news();
    const changed = world.server.update("a");
    world.server.say({ type: "MODIFIED", entry: entryOf(changed) });
    world.server.say({ type: "MODIFIED", entry: entryOf(old) });
    expect(await world.news()).toEqual(["update a@102 at 0"]);
    world.server.say({ type: "MODIFIED", entry: entryOf(changed) });
    expect(await world.news()).toEqual([]);
  });

  it("I4: a slow server's copy is not taken for full, and a busy one's gets full", async () => {
    await using world = new StreamWorld({ pageSize: 1 });
    for (const name of ["a", "b"]) world.server.create(name);
    world.server.failNext("list", { type: "slow", ms: 10_000 }, { type: "slow", ms: 10_000 });
    world.run();
    let streams: EventStreams<Widget> | undefined;
    void world.informer.watch().then((filled) => (streams = filled));
    for (let second = 0; second < 20; second += 1) {
      expect(streams).toBeUndefined();
      world.server.create(`busy-${second}`);
      await world.clock.advance(1_000);
    }
    expect(streams).toBeDefined();
    world.read(streams as EventStreams<Widget>);
    expect(await world.news()).toHaveLength(22);
  });

  it("I5: what is deleted while the copy fills is not told as an update", async () => {
    await using world = new StreamWorld({ pageSize: 1 });
    for (const name of ["a", "b"]) world.server.create(name);
    world.server.failNext("list", { type: "slow", ms: 0 }, { type: "slow", ms: 1_000 });
    world.run();
    await world.clock.advance(500);
    world.server.delete("a");
    await world.clock.advance(500);
    world.read(await world.informer.watch());
    expect((await world.news()).filter((line) => !line.startsWith("delete a"))).toEqual(["update b@102 at 1000 replay"]);
  });

  it("I6: new objects do not wait for a slow replay", async () => {
    await using world = new StreamWorld({ rateWaitMs: MINUTE_MS });
    for (const name of ["a", "b", "c"]) world.server.create(name);
    await world.start();
    await world.clock.advance(30_000);
    await world.news();
    world.server.create("new");
    expect(await world.news()).toEqual(["update new@104 at 30000"]);
    await world.clock.advance(30_000);
    expect(await world.news()).toEqual(["update b@102 at 60000 replay"]);
  });

  it("I7: an object that vanished between watches is told as a deletion, with its last known state", async () => {
    await using world = new StreamWorld();
    world.server.create("a");
    world.server.create("b");
    await world.start();
    await world.news();
    world.server.muteStreams();
    world.server.delete("a");
    world.server.compact();
    await world.clock.advance(3 * MINUTE_MS);
    expect((await world.news()).map((line) => line.replace(/ at [\d.]+/, ""))).toEqual(["delete a@101 unseen"]);
  });

  it.each(["ended", "gone"])("I8: a server whose watches are always %s is not asked without end", async (how) => {
    await using world = new StreamWorld();
    await world.start();
    if (how === "ended") world.server.failAlways("watch", { type: "ended" });
    else world.server.failAlways("watch", { type: "status", status: 410, reason: "Expired" });
    world.server.endStreams();
    await world.clock.advance(10 * MINUTE_MS);
    expect(world.server.busiest(10_000)).toBeLessThanOrEqual(20);
    world.server.heal();
    world.server.create("a");
    await world.clock.advance(MINUTE_MS);
    expect(await world.news()).toHaveLength(1);
  });

  it("I9: when it is stopped amid events the streams end, and nothing throws", async () => {
    const world = new StreamWorld();
    await world.start();
    for (let index = 0; index < 100; index += 1) world.server.create(`w-${index}`);
    world.stop.abort();
    for (let index = 100; index < 200; index += 1) world.server.create(`w-${index}`);
    await world[Symbol.asyncDispose]();
    expect(world.ended.toSorted()).toEqual(["deletes", "errors", "updates"]);
    await expect(world.informer.watch().then(({ updates }) => updates[Symbol.asyncIterator]().next())).resolves.toEqual({
      done: true,
      value: undefined,
    });
  });

  it("I10: watch() resolves as soon as the copy is full, also when it was full before", async () => {
    await using world = new StreamWorld();
    world.run();
    await world.informer.watch();
    await world.informer.watch();
    expect(world.clock.monotonicMs()).toBe(0);
  });

  it("I11: a watch that opens after it was given up is closed", async () => {
    const clock = new ManualClock();
    const server = new FakeServer({ clock });
    let closed = 0;
    const late = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          closed += 1;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    let asked = 0;
    const listWatch: ListWatch<Widget> = {
      kind: Widget,
      list: (request) => server.list(request),
      watch: (request) => {
        asked += 1;
        return asked > 1 ? server.watch(request) : new Promise((resolve) => clock.setTimer(100_000, () => resolve(late)));
      },
    };
    const informer = new DeterministicInformer({ listWatch, clock });
    const stop = new AbortController();
    const running = informer.run({ signal: stop.signal });
    await clock.advance(MINUTE_MS);
    expect([asked, closed]).toEqual([2, 0]);
    await clock.advance(MINUTE_MS);
    expect([asked, closed, server.openStreams]).toEqual([2, 1, 1]);
    stop.abort();
    await clock.advance(0);
    await running;
  });

  it("I12: these moments are looked at: one that is off by a millisecond is seen", async () => {
    await using world = new StreamWorld({ rateWaitMs: 1_001 });
    for (const name of ["a", "b"]) world.server.create(name);
    await world.start();
    await world.clock.advance(5_000);
    const told = await world.news();
    expect(told).not.toEqual(["update a@101 at 0 replay", "update b@102 at 1000 replay"]);
    expect(told).toEqual(["update a@101 at 0 replay", "update b@102 at 1001 replay"]);
  });
});

describe("the deterministic informer", () => {
  it("is healthy as its informer is, and gives its name and lister", async () => {
    await using world = new StreamWorld();
    world.server.create("a");
    expect(world.informer.healthChecks()).toHaveLength(1);
    expect(world.informer.healthCheck().check()).toContain("has not synced");
    await world.start();
    expect(world.informer.healthCheck().check()).toBeUndefined();
    expect([world.informer.name, world.informer.lister.size, world.informer.resyncPeriodMs]).toEqual([
      "informer-widgets.example.com/v1",
      1,
      300_000,
    ]);
  });
});
