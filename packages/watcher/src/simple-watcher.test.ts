import { Informer } from "@operatorkit/informer";
import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { WatcherContext } from "./resource-watcher.ts";
import { SimpleWatcher } from "./simple-watcher.ts";
import { FakeObjectServer } from "./testing/fake-object-server.ts";
import { type Thing } from "./testing/thing.ts";

const context: WatcherContext = { signal: new AbortController().signal };

describe("SimpleWatcher", () => {
  it("passes on what it was given, the same objects, and returns what the function does", async () => {
    const calls: unknown[][] = [];
    const keep =
      (result: unknown) =>
      (...args: unknown[]): unknown => {
        calls.push(args);
        return result;
      };
    const watcher = new SimpleWatcher<object>({ add: keep(1), update: keep(2), delete: keep(Promise.resolve(3)), sync: keep(4) });
    const [a, b] = [{}, {}];
    expect([watcher.add(a, context), watcher.update(a, b, context), await watcher.delete(b, context), watcher.sync(b, context)]).toEqual([
      1, 2, 3, 4,
    ]);
    const expected = [
      [a, context],
      [a, b, context],
      [b, context],
      [b, context],
    ];
    for (const [at, args] of calls.entries()) for (const [i, arg] of args.entries()) expect(arg).toBe(expected[at]?.[i]);
    expect(calls).toHaveLength(4);
  });

  it("takes a missing function for success", () => {
    const watcher = new SimpleWatcher<object>();
    expect([watcher.add({}, context), watcher.update({}, {}, context), watcher.delete({}, context), watcher.sync({}, context)]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it("tells an update in which nothing changed to sync, if there is one, and to update otherwise", () => {
    const log: string[] = [];
    const note = (what: string) => () => void log.push(what);
    const { object: one } = new FakeObjectServer();
    const { object: changed } = new FakeObjectServer({ resourceVersion: "2" });
    const told = [
      new SimpleWatcher<Thing>({ update: note("update"), sync: note("sync") }),
      new SimpleWatcher<Thing>({ update: note("update") }),
    ];
    for (const watcher of told) {
      watcher.update(one, one, context);
      watcher.update(one, new FakeObjectServer().object, context);
      watcher.update(one, changed, context);
    }
    const unversioned = new SimpleWatcher<object>({ update: note("update"), sync: note("sync") });
    unversioned.update({ metadata: {} }, { metadata: {} }, context);
    unversioned.update({ metadata: { resourceVersion: "" } }, { metadata: { resourceVersion: "" } }, context);
    expect(log).toEqual(["sync", "sync", "update", "update", "update", "update", "update", "update"]);
    const same = {};
    unversioned.update(same, same, context);
    expect(log.at(-1)).toBe("sync");
  });

  it("fails as its function does, thrown or rejected", async () => {
    const watcher = new SimpleWatcher<object>({
      add: () => {
        throw new Error("thrown");
      },
      delete: () => Promise.reject(new Error("rejected")),
    });
    expect(() => watcher.add({}, context)).toThrow("thrown");
    await expect(watcher.delete({}, context)).rejects.toThrow("rejected");
  });

  it("refuses what is no function, by name", () => {
    expect(() => new SimpleWatcher({ update: 3 as never })).toThrow("SimpleWatcher: update: 3 must be a function");
  });

  it("fits wherever an informer takes a handler", () => {
    const handler = new SimpleWatcher<Thing>({ add: (thing) => expectTypeOf(thing).toEqualTypeOf<Thing>() });
    expectTypeOf(handler).toExtend<Parameters<Informer<Thing>["addEventHandler"]>[0]>();
    expectTypeOf(new SimpleWatcher<KubernetesObject>()).toExtend<Parameters<Informer<Thing>["addEventHandler"]>[0]>();
    expect("add" in handler).toBe(true);
  });
});
