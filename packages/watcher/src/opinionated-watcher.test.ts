import { describe, expect, it } from "vitest";
import { OpinionatedWatcher, type OpinionatedWatcherOptions } from "./opinionated-watcher.ts";
import type { WatcherContext } from "./resource-watcher.ts";
import { SimpleWatcher } from "./simple-watcher.ts";
import { failure, FakeObjectServer } from "./testing/fake-object-server.ts";
import { Thing } from "./testing/thing.ts";

const F = "example.com/test";
const W = "example.com/test-wip";
const context: WatcherContext = { signal: new AbortController().signal };
const deletionTimestamp = "2026-01-01T00:00:00Z";

/** A watcher that writes down what it is told, and with which finalizers on the server at that time. */
function world(
  metadata: Partial<Thing["metadata"]> = {},
  options: Partial<OpinionatedWatcherOptions<Thing>> = {},
): { server: FakeObjectServer; watcher: OpinionatedWatcher<Thing>; log: string[]; fail: Set<string> } {
  const server = new FakeObjectServer({ generation: 1, ...metadata });
  const log: string[] = [];
  const fail = new Set<string>();
  const tell = (what: string) => (): void => {
    const short = server.finalizers?.map((name) => (name === F ? "F" : name === W ? "W" : name)).join(",");
    log.push(`${what} [${short}]`);
    if (fail.has(what)) throw new Error(`${what} failed`);
  };
  const watcher = new OpinionatedWatcher<Thing>({
    kind: Thing,
    client: server,
    name: "test",
    add: tell("add"),
    update: tell("update"),
    delete: tell("delete"),
    sync: tell("sync"),
    ...options,
  });
  return { server, watcher, log, fail };
}

describe("a new object", () => {
  it("is marked in progress, added, and then marked as ours, never without a mark", async () => {
    const { server, watcher, log } = world({ finalizers: ["other.com/x"] });
    await watcher.add(server.object, context);
    expect(log).toEqual(["add [other.com/x,W]"]);
    expect(server.finalizers).toEqual(["other.com/x", F]);
  });

  it("keeps its mark when adding fails, and is added again by the retry with the same event", async () => {
    const { server, watcher, log, fail } = world();
    const { object } = server;
    fail.add("add");
    await expect(watcher.add(object, context)).rejects.toThrow("add failed");
    expect(server.finalizers).toEqual([W]);
    fail.clear();
    await watcher.add(object, context);
    expect(log).toEqual(["add [W]", "add [W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("whose add fails is not added again because of our own mark, nor of a status that the add wrote: its retry is on the way", async () => {
    const { server, watcher, log, fail } = world();
    const first = server.object;
    fail.add("add");
    await watcher.add(first, context).catch(() => {});
    const marked = server.object;
    await watcher.update(first, marked, context);
    server.edit({ annotations: { status: "add failed" } });
    await watcher.update(marked, server.object, context);
    expect(log).toEqual(["add [W]"]);
    fail.clear();
    await watcher.add(first, context);
    expect([log.length, server.finalizers]).toEqual([2, [F]]);
  });

  it("whose add fails is tried at once when its specification changes, it loses its mark, or is told again", async () => {
    const changes: readonly ((server: FakeObjectServer) => void)[] = [
      (server) => server.edit({ generation: 2 }),
      (server) => server.edit({ finalizers: [] }),
      () => {},
    ];
    for (const change of changes) {
      const { server, watcher, log, fail } = world();
      fail.add("add");
      await watcher.add(server.object, context).catch(() => {});
      fail.clear();
      const old = server.object;
      change(server);
      await watcher.update(old, server.object, context);
      expect([log, server.finalizers]).toEqual([["add [W]", "add [W]"], [F]]);
    }
  });

  it("that was begun by another process is added by this one, whatever the event", async () => {
    const { server, watcher, log } = world();
    const first = server.object;
    server.edit({ finalizers: [W] });
    await watcher.update(first, server.object, context);
    expect([log, server.finalizers]).toEqual([["add [W]"], [F]]);
  });

  it("whose deletion comes while adding fails is cleaned up", async () => {
    const { server, watcher, log, fail } = world();
    fail.add("add");
    const old = server.object;
    await watcher.add(old, context).catch(() => {});
    server.delete();
    await watcher.update(old, server.object, context);
    expect(log).toEqual(["add [W]", "delete [W]"]);
    expect(server.finalizers).toBeUndefined();
  });

  it("that was added is not added again when only writing the finalizer failed", async () => {
    const { server, watcher, log } = world();
    const { object } = server;
    server.beforePatch = (attempt) => {
      if (attempt === 2) throw failure(500, "patch things x");
    };
    await expect(watcher.add(object, context)).rejects.toThrow("patch things x");
    await watcher.add(object, context);
    expect(log).toEqual(["add [W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("is not added when the mark cannot be written", async () => {
    const { server, watcher, log } = world();
    server.beforePatch = () => {
      throw failure(403, "patch things x");
    };
    await expect(watcher.add(server.object, context)).rejects.toMatchObject({ code: "Forbidden" });
    expect(log).toEqual([]);
  });

  it("of an old event is what it is now: adopted, deleted or gone", async () => {
    const adopted = world();
    const stale = adopted.server.object;
    adopted.server.edit({ finalizers: [F] });
    await adopted.watcher.add(stale, context);
    expect(adopted.log).toEqual(["sync [F]"]);

    const deleted = world({ finalizers: ["other.com/x"] });
    const before = deleted.server.object;
    deleted.server.delete();
    await deleted.watcher.add(before, context);
    expect(deleted.log).toEqual([]);

    const gone = world();
    const last = gone.server.object;
    gone.server.vanish();
    await gone.watcher.add(last, context);
    expect(gone.log).toEqual([]);
  });

  it("is added first and marked afterwards, when there is no in-progress finalizer", async () => {
    const { server, watcher, log } = world({}, { inProgressFinalizer: false });
    await watcher.add(server.object, context);
    expect(log).toEqual(["add []"]);
    expect(server.finalizers).toEqual([F]);
  });
});

describe("an object seen before", () => {
  it("is synced, and a leftover mark taken off", async () => {
    const { server, watcher, log } = world({ finalizers: [F, W] });
    await watcher.add(server.object, context);
    expect(log).toEqual(["sync [F,W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("is told by a finalizer we once used, too, which goes with ours", async () => {
    const { server, watcher, log } = world({ finalizers: ["old.com/test", "other.com/x"] }, { legacyFinalizers: ["old.com/test"] });
    await watcher.add(server.object, context);
    const old = server.object;
    server.delete();
    await watcher.update(old, server.object, context);
    expect(log).toEqual(["sync [old.com/test,other.com/x]", "delete [old.com/test,other.com/x]"]);
    expect(server.finalizers).toEqual(["other.com/x"]);
  });

  it("that is being deleted is cleaned up, if it is ours", async () => {
    const ours = world({ finalizers: [F], deletionTimestamp });
    await ours.watcher.add(ours.server.object, context);
    expect(ours.log).toEqual(["delete [F]"]);
    const foreign = world({ finalizers: ["other.com/x"], deletionTimestamp });
    await foreign.watcher.add(foreign.server.object, context);
    expect([foreign.log, foreign.server.requests]).toEqual([[], []]);
  });
});

describe("an update", () => {
  it("of the specification is told; of the status, of metadata and of our own finalizers not", async () => {
    const { server, watcher, log } = world();
    const first = server.object;
    await watcher.add(first, context);
    const second = server.object;
    await watcher.update(first, second, context);
    server.edit({ labels: { a: "b" } });
    const third = server.object;
    await watcher.update(second, third, context);
    server.edit({ generation: 2 });
    await watcher.update(third, server.object, context);
    expect(log).toEqual(["add [W]", "update [F]"]);
  });

  it("that is older than our own finalizer is not taken for a missed add", async () => {
    const { server, watcher, log } = world();
    const first = server.object;
    server.edit({ finalizers: [W] });
    const marked = server.object;
    server.edit({ finalizers: [F] });
    await watcher.update(first, marked, context);
    expect(log).toEqual([]);
  });

  it("of an object that lost our finalizer adds it again, and does not update it too", async () => {
    const { server, watcher, log } = world({ finalizers: [F] });
    const old = server.object;
    server.edit({ finalizers: [], generation: 2 });
    await watcher.update(old, server.object, context);
    expect(log).toEqual(["add [W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("of an object that was added and lost our finalizer adds it again, also when nobody tells of the loss itself", async () => {
    const { server, watcher, log } = world();
    await watcher.add(server.object, context);
    const old = server.object;
    server.edit({ finalizers: [] });
    await watcher.update(old, server.object, context);
    server.edit({ finalizers: [] });
    const unmarked = server.object;
    server.edit({ labels: { a: "b" } });
    await watcher.update(unmarked, server.object, context);
    expect(log).toEqual(["add [W]", "add [W]", "add [W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("of an object that was told as new when it was ours, and lost our finalizer since, adds it", async () => {
    const { server, watcher, log } = world();
    const stale = server.object;
    server.edit({ finalizers: [F] });
    await watcher.add(stale, context);
    server.edit({ finalizers: [] });
    const unmarked = server.object;
    server.edit({ labels: { a: "b" } });
    await watcher.update(unmarked, server.object, context);
    expect(log).toEqual(["sync [F]", "add [W]"]);
    expect(server.finalizers).toEqual([F]);
  });

  it("of an object that is gone, or was re-created, is nothing", async () => {
    const { server, watcher, log } = world();
    const { object } = server;
    server.edit({ uid: "B" });
    await watcher.update(object, object, context);
    server.vanish();
    await watcher.update(object, object, context);
    expect(log).toEqual([]);
  });

  it("without generations is told unless only finalizers differ, ours or those of others", async () => {
    const { server, watcher, log } = world();
    server.edit({ generation: 0 });
    const first = server.object;
    server.edit({ finalizers: [F, W] });
    const second = server.object;
    await watcher.update(first, second, context);
    server.edit({ finalizers: [F] });
    const third = server.object;
    await watcher.update(second, third, context);
    server.edit({ finalizers: [F, "other.com/x"] });
    const fourth = server.object;
    await watcher.update(third, fourth, context);
    server.edit({ labels: { a: "b" } });
    await watcher.update(fourth, server.object, context);
    expect(log).toEqual(["update [F,other.com/x]"]);
  });

  it("that is a resync is told as sync, if that is wanted", async () => {
    for (const resyncCallsSync of [true, false, undefined]) {
      const { server, watcher, log } = world({ finalizers: [F] }, { resyncCallsSync });
      await watcher.update(server.object, server.object, context);
      expect(log).toEqual(resyncCallsSync === true ? ["sync [F]"] : []);
    }
  });

  it("fails as its handler does", async () => {
    const { server, watcher, fail } = world({ finalizers: [F] });
    fail.add("update");
    const old = server.object;
    server.edit({ generation: 2 });
    await expect(watcher.update(old, server.object, context)).rejects.toThrow("update failed");
  });
});

describe("a deletion", () => {
  it("takes the finalizer off after the handler succeeded, and not before", async () => {
    const { server, watcher, log, fail } = world({ finalizers: [F, "other.com/x"] });
    const old = server.object;
    server.delete();
    fail.add("delete");
    await expect(watcher.update(old, server.object, context)).rejects.toThrow("delete failed");
    expect(server.finalizers).toEqual([F, "other.com/x"]);
    fail.clear();
    await watcher.update(old, server.object, context);
    expect(server.finalizers).toEqual(["other.com/x"]);
    expect(log).toHaveLength(2);
  });

  it("is tried again by any later event, also one of the same generation", async () => {
    const { server, watcher, log, fail } = world({ finalizers: [F] });
    server.delete();
    const old = server.object;
    fail.add("delete");
    await watcher.update(old, old, context).catch(() => {});
    fail.clear();
    server.edit({ labels: { a: "b" } });
    await watcher.update(old, server.object, context);
    expect(log).toEqual(["delete [F]", "delete [F]"]);
    expect(server.finalizers).toBeUndefined();
  });

  it("that only failed to take the finalizer off retries that alone, and older events do not repeat it", async () => {
    const { server, watcher, log } = world({ finalizers: [F, "other.com/x"] });
    const old = server.object;
    server.delete();
    const deleting = server.object;
    server.beforePatch = (attempt) => {
      if (attempt === 1) throw failure(500, "patch things x");
    };
    await expect(watcher.update(old, deleting, context)).rejects.toThrow("patch things x");
    await watcher.update(old, deleting, context);
    await watcher.update(old, deleting, context);
    expect(log).toEqual(["delete [F,other.com/x]"]);
    expect(server.finalizers).toEqual(["other.com/x"]);
  });

  it("of an object that is gone by then is success", async () => {
    const { server, watcher, log } = world({ finalizers: [F], deletionTimestamp });
    const { object } = server;
    server.vanish();
    await watcher.add(object, context);
    expect(log).toEqual(["delete [undefined]"]);
  });

  it("event does nothing: all is done by then, though it still shows our finalizer", async () => {
    const { server, watcher, log } = world({ finalizers: [F], deletionTimestamp });
    await watcher.delete(server.object);
    expect([log, server.requests]).toEqual([[], []]);
  });

  it("event is the end of all that was remembered of the object", async () => {
    const cleaned = world({ finalizers: [F, "other.com/x"], deletionTimestamp });
    await cleaned.watcher.add(cleaned.server.object, context);
    await cleaned.watcher.add(cleaned.server.object, context);
    expect(cleaned.log).toEqual(["delete [F,other.com/x]"]);
    await cleaned.watcher.delete(cleaned.server.object);
    const again = { ...cleaned.server.object, metadata: { ...cleaned.server.object.metadata, finalizers: [F] } };
    await cleaned.watcher.add(again, context);
    expect(cleaned.log).toEqual(["delete [F,other.com/x]", "delete [other.com/x]"]);

    const added = world();
    const { object } = added.server;
    added.server.beforePatch = (attempt) => {
      if (attempt === 2) throw failure(500, "patch things x");
    };
    await expect(added.watcher.add(object, context)).rejects.toThrow("patch things x");
    await added.watcher.delete(object);
    await added.watcher.add(added.server.object, context);
    expect(added.log).toEqual(["add [W]", "add [W]"]);

    const adding = world();
    adding.fail.add("add");
    await expect(adding.watcher.add(adding.server.object, context)).rejects.toThrow("add failed");
    adding.fail.clear();
    await adding.watcher.delete(adding.server.object);
    const old = adding.server.object;
    adding.server.edit({ labels: { a: "b" } });
    await adding.watcher.update(old, adding.server.object, context);
    expect(adding.log).toEqual(["add [W]", "add [W]"]);
  });
});

describe("wrap", () => {
  it("makes another watcher's methods the handlers, and its add the sync if that is wanted", async () => {
    const log: string[] = [];
    const inner = { add: () => void log.push("add"), update: () => void log.push("update"), delete: () => void log.push("delete") };
    for (const syncToAdd of [true, false]) {
      const server = new FakeObjectServer({ generation: 1 });
      const watcher = OpinionatedWatcher.wrap<Thing>(inner, { kind: Thing, client: server, name: "test", syncToAdd });
      await watcher.add(server.object, context);
      const old = server.object;
      await watcher.add(old, context);
      server.edit({ generation: 2 });
      await watcher.update(old, server.object, context);
      server.delete();
      await watcher.update(old, server.object, context);
    }
    expect(log).toEqual(["add", "add", "update", "delete", "add", "update", "delete"]);
  });

  it("tells objects seen before to the watcher's own sync, if it has one and nothing else was asked for", async () => {
    const log: string[] = [];
    const tell = (what: string) => () => void log.push(what);
    const inner = new SimpleWatcher<Thing>({ add: tell("add"), sync: tell("inner sync") });
    for (const options of [{}, { sync: tell("given sync") }, { syncToAdd: true }]) {
      const server = new FakeObjectServer({ finalizers: [F] });
      const watcher = OpinionatedWatcher.wrap<Thing>(inner, { kind: Thing, client: server, name: "test", ...options });
      await watcher.add(server.object, context);
    }
    expect(log).toEqual(["inner sync", "given sync", "add"]);
  });
});

describe("an opinionated watcher", () => {
  it("has its finalizers named after group and name, or as it is told", () => {
    const { watcher } = world();
    expect([watcher.finalizer, watcher.inProgressFinalizer]).toEqual([F, W]);
    const { watcher: own } = world({}, { finalizer: "operator.v1.Thing.example.com", inProgressFinalizer: "wip.v1.Thing.example.com" });
    expect([own.finalizer, own.inProgressFinalizer]).toEqual(["operator.v1.Thing.example.com", "wip.v1.Thing.example.com"]);
  });

  it("says which finalizers are its own", () => {
    const of = (options: Partial<OpinionatedWatcherOptions<Thing>>): string[] =>
      world({}, options)
        .watcher.finalizerClaims()
        .map(({ finalizer }) => finalizer);
    expect([of({}), of({ inProgressFinalizer: false })]).toEqual([[F, W], [F]]);
  });

  it("does its finalizer work without handlers, too", async () => {
    const { server, watcher } = world({}, { add: undefined, delete: undefined, sync: undefined, update: undefined });
    await watcher.add(server.object, context);
    expect(server.finalizers).toEqual([F]);
    await watcher.add(server.object, context);
    const old = server.object;
    server.edit({ generation: 2 });
    await watcher.update(old, server.object, context);
    server.delete();
    await watcher.update(old, server.object, context);
    expect(server.finalizers).toBeUndefined();
  });

  it.each<[Partial<OpinionatedWatcherOptions<Thing>>, string]>([
    [{ kind: undefined as never }, "kind: is missing, and must be a kind"],
    [{ client: undefined as never }, "client: is missing, and must be a client, with get, patch"],
    [{ name: undefined }, "name: is missing; give it, or a finalizer"],
    [{ kind: "Thing" as never }, 'kind: "Thing" must be a kind'],
    [{ finalizer: "a/b/c" }, 'OpinionatedWatcher: finalizer: finalizer "a/b/c"'],
    [{ finalizer: 3 as never }, "finalizer: 3 must be a string"],
    [{ inProgressFinalizer: "-" }, 'OpinionatedWatcher: inProgressFinalizer: finalizer "-"'],
    [{ name: "n".repeat(60) }, "no more than 63 bytes"],
    [{ inProgressFinalizer: F }, "must differ"],
    [{ sync: 3 as never }, "sync: 3 must be a function"],
  ])("refuses what cannot work: %o", (options, message) => {
    expect(() => world({}, options)).toThrow(message);
  });

  it("refuses to be made without options, or around no watcher", () => {
    expect(() => new OpinionatedWatcher(undefined as never)).toThrow("OpinionatedWatcher: options are missing; give one object of them");
    const { server } = world();
    expect(() => OpinionatedWatcher.wrap(undefined as never, { kind: Thing, client: server, name: "x" })).toThrow(
      "OpinionatedWatcher.wrap: watcher: is missing",
    );
    expect(() => OpinionatedWatcher.wrap({}, undefined as never)).toThrow("OpinionatedWatcher.wrap: options are missing");
  });

  it("refuses events without objects", async () => {
    const { watcher, server } = world();
    await expect(watcher.add(undefined as never, context)).rejects.toThrow("add: object is missing");
    await expect(watcher.update(undefined as never, server.object, context)).rejects.toThrow("update: old is missing");
    await expect(watcher.update(server.object, undefined as never, context)).rejects.toThrow("update: object is missing");
  });
});
