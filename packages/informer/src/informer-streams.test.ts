import { ApiError, entryOf } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import type { ToldDelete } from "./event-streams.ts";
import type { Widget } from "./testing/fake-server.ts";
import { StreamWorld } from "./testing/stream-world.ts";

const MINUTE_MS = 60_000;

function going(widget: Widget): Widget {
  return { ...widget, metadata: { ...widget.metadata, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["example.com/a"] } };
}

describe("the deterministic informer", () => {
  it("tells an object with finalizers as going, again at each resync, and once when it is gone", async () => {
    await using world = new StreamWorld({ resyncPeriodMs: MINUTE_MS });
    const a = world.server.create("a");
    await world.start();
    await world.news();
    const next = { ...going(a), metadata: { ...going(a).metadata, resourceVersion: "150" } };
    world.server.writeOtherKinds(49);
    world.server.say({ type: "MODIFIED", entry: entryOf(next) });
    expect(await world.news()).toEqual(["delete a@150 at 0 going"]);
    await world.clock.advance(MINUTE_MS);
    expect(await world.news()).toEqual(["delete a@150 at 60000 replay going"]);
    world.server.writeOtherKinds(10);
    world.server.say({ type: "DELETED", entry: entryOf({ ...next, metadata: { ...next.metadata, resourceVersion: "160" } }) });
    expect(await world.news()).toEqual(["delete a@160 at 60000"]);
  });

  it("tells a slow reader of each object once, in its newest state, and of what came and went nothing", async () => {
    await using world = new StreamWorld();
    world.run();
    const { updates, deletes } = await world.informer.watch();
    const reader = updates[Symbol.asyncIterator]();
    const deletions = deletes[Symbol.asyncIterator]();
    await world.settle();
    world.server.create("a");
    world.server.create("b");
    for (let change = 0; change < 1_000; change += 1) world.server.update("a");
    world.server.delete("b");
    await world.settle();
    expect(await reader.next()).toMatchObject({ value: { key: "default/a", object: { metadata: { resourceVersion: "1102" } } } });
    const nothing = Symbol("nothing");
    expect(await Promise.race([reader.next(), deletions.next(), world.settle().then(() => nothing)])).toBe(nothing);
  });

  it("tells both deletions of a name that was used twice", async () => {
    await using world = new StreamWorld();
    world.server.create("a");
    world.run();
    const { updates, deletes } = await world.informer.watch();
    const reader = updates[Symbol.asyncIterator]();
    const deletions = deletes[Symbol.asyncIterator]();
    await reader.next();
    world.server.delete("a");
    world.server.create("a");
    await reader.next();
    world.server.delete("a");
    await world.settle();
    const uids = [await deletions.next(), await deletions.next()].map(({ value }) => (value as ToldDelete<Widget>).object.metadata.uid);
    expect(uids).toEqual(["uid-1", "uid-2"]);
  });

  it("does not begin a resync while the round before it is still being told", async () => {
    await using world = new StreamWorld({ resyncPeriodMs: MINUTE_MS, rateWaitMs: MINUTE_MS });
    for (const name of ["a", "b", "c"]) world.server.create(name);
    await world.start();
    await world.clock.advance(4 * MINUTE_MS);
    expect((await world.news()).map((line) => line.slice(7, 8))).toEqual(["a", "b", "c", "a", "b"]);
  });

  it("replays to each reader from its own beginning", async () => {
    await using world = new StreamWorld();
    world.server.create("a");
    await world.start();
    await world.clock.advance(1_000);
    await world.news();
    world.read(await world.informer.watch());
    expect(await world.news()).toEqual(["update a@101 at 1000 replay"]);
    world.server.update("a");
    expect(await world.news()).toHaveLength(2);
  });

  it("ends all three streams when the last one that was begun is left, and leaves nothing behind", async () => {
    await using world = new StreamWorld();
    world.server.create("a");
    world.run();
    const { updates, deletes, errors } = await world.informer.watch();
    await world.settle();
    const before = world.clock.pendingTimers;
    for await (const _ of updates) break;
    expect(world.clock.pendingTimers).toBe(before);
    for (const stream of [deletes, errors]) for await (const _ of stream) throw new Error("it is over");
    for await (const _ of updates) throw new Error("it was left");
  });

  it("ends the streams when their signal is aborted, or they are closed", async () => {
    await using world = new StreamWorld();
    world.run();
    const stop = new AbortController();
    const byAbort = await world.informer.watch({ signal: stop.signal });
    const byClose = await world.informer.watch();
    const next = [byAbort, byClose].map(({ updates }) => updates[Symbol.asyncIterator]().next());
    stop.abort();
    byClose.close();
    expect(await Promise.all(next)).toEqual([1, 2].map(() => ({ done: true, value: undefined })));
    const tooLate = await world.informer.watch();
    await expect(
      world.informer.watch({ signal: stop.signal }).then(({ updates }) => updates[Symbol.asyncIterator]().next()),
    ).resolves.toEqual({
      done: true,
      value: undefined,
    });
    tooLate.close();
    for await (const _ of tooLate.deletes) throw new Error("it is over");
  });

  it("refuses a second reader of a stream", async () => {
    await using world = new StreamWorld();
    await world.start();
    expect(() => world.streams?.updates[Symbol.asyncIterator]()).toThrow("this stream is being read; ask for another one with watch()");
  });

  it("gives up a reader of deletions that leaves ten thousand unread, and says so", async () => {
    await using world = new StreamWorld();
    world.run();
    const { deletes } = await world.informer.watch();
    const reader = deletes[Symbol.asyncIterator]();
    await world.settle();
    for (let index = 0; index <= 10_000; index += 1) {
      world.server.create(`w-${index}`);
      world.server.delete(`w-${index}`);
    }
    await world.settle();
    await expect(reader.next()).rejects.toMatchObject({ code: "StreamOverflow", message: expect.stringContaining("10001 deletions") });
    await expect(reader.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it("tells errors on their own stream, at most a hundred unread ones, and goes on", async () => {
    await using world = new StreamWorld();
    await world.start();
    const other = (await world.informer.watch()).errors[Symbol.asyncIterator]();
    world.server.failAlways("watch", { type: "status", status: 403, reason: "Forbidden" });
    world.server.breakStreams();
    await world.clock.advance(180 * MINUTE_MS);
    expect(world.errors.length).toBeGreaterThan(150);
    expect(world.errors.at(-1)).toMatchObject({ during: "watch", error: expect.any(ApiError) });
    let waiting = 0;
    const left = world.errors.length - 100;
    for (; waiting < 100; waiting += 1) expect((await other.next()).value).toEqual(world.errors[left + waiting]);
    world.server.heal();
    world.server.create("a");
    await world.clock.advance(2 * MINUTE_MS);
    expect(await world.news()).toHaveLength(1);
  });

  it("decodes what it tells; an object that cannot be decoded is told as an error, and the watch goes on", async () => {
    await using world = new StreamWorld<{ color: string; metadata: KubernetesObject["metadata"] }>({
      decode: ({ metadata, spec }) => {
        if (spec?.color === undefined) throw new Error("color is missing");
        return { color: spec.color, metadata };
      },
    });
    world.server.create("a", { color: "red" });
    world.server.create("b");
    await world.start();
    world.server.create("c", { color: "blue" });
    expect(await world.news()).toEqual(["update a@101 at 0 replay", "update c@103 at 0"]);
    expect(world.errors).toEqual([{ error: new Error("color is missing"), during: "decode", key: "default/b" }]);
  });

  it("tells errors that nobody reads to onError", async () => {
    const errors: unknown[] = [];
    await using world = new StreamWorld<never>({
      onError: (error, { during, key }) => void errors.push([String(error), during, key]),
      decode: () => {
        throw new Error("no");
      },
    });
    world.server.create("a");
    world.run();
    const { updates } = await world.informer.watch();
    void updates[Symbol.asyncIterator]().next();
    await world.settle();
    expect(errors).toEqual([["Error: no", "decode", "default/a"]]);
  });
});
