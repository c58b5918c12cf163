import { ApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { ensureFinalizer, removeFinalizer, replaceFinalizer } from "./finalizer-writer.ts";
import { failure, FakeObjectServer } from "./testing/fake-object-server.ts";
import { Thing } from "./testing/thing.ts";

const OURS = "example.com/ours";

describe("ensureFinalizer", () => {
  it("makes the list when there is none, bound to uid and version", async () => {
    const server = new FakeObjectServer();
    const object = await ensureFinalizer(server, Thing, server.object, OURS);
    expect(object?.metadata).toMatchObject({ finalizers: [OURS], resourceVersion: "2" });
    expect(server.patches).toEqual([
      [
        { op: "test", path: "/metadata/uid", value: "A" },
        { op: "test", path: "/metadata/resourceVersion", value: "1" },
        { op: "add", path: "/metadata/finalizers", value: [OURS] },
      ],
    ]);
  });

  it("appends to the list that is there, leaving the others and their order", async () => {
    const server = new FakeObjectServer({ finalizers: ["b.com/b", "a.com/a"] });
    await ensureFinalizer(server, Thing, server.object, OURS);
    expect(server.finalizers).toEqual(["b.com/b", "a.com/a", OURS]);
  });

  it("asks nothing when the finalizer is there", async () => {
    const server = new FakeObjectServer({ finalizers: [OURS] });
    const { object } = server;
    expect(await ensureFinalizer(server, Thing, object, OURS)).toBe(object);
    expect(server.requests).toEqual([]);
  });

  it("adds none to an object that is being deleted", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a"], deletionTimestamp: "2026-01-01T00:00:00Z" });
    const { object } = server;
    expect(await ensureFinalizer(server, Thing, object, OURS)).toBe(object);
    expect(server.requests).toEqual([]);
  });

  it("adds none when the deletion came just before the patch", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a"] });
    server.beforePatch = (attempt) => attempt === 1 && server.delete();
    const object = await ensureFinalizer(server, Thing, server.object, OURS);
    expect(object?.metadata.deletionTimestamp).toBeDefined();
    expect(server.finalizers).toEqual(["a.com/a"]);
    expect(server.requests).toEqual(["patch", "get"]);
  });

  it("reads anew and tries again when somebody wrote in between, and keeps what they wrote", async () => {
    const server = new FakeObjectServer();
    server.beforePatch = (attempt) => attempt === 1 && server.edit({ finalizers: ["a.com/a"] });
    await ensureFinalizer(server, Thing, server.object, OURS);
    expect(server.finalizers).toEqual(["a.com/a", OURS]);
    expect(server.requests).toEqual(["patch", "get", "patch"]);
  });

  it("is content when somebody else added it in between", async () => {
    const server = new FakeObjectServer();
    server.beforePatch = (attempt) => attempt === 1 && server.edit({ finalizers: [OURS] });
    const object = await ensureFinalizer(server, Thing, server.object, OURS);
    expect(object?.metadata.finalizers).toEqual([OURS]);
    expect(server.requests).toEqual(["patch", "get"]);
  });

  it("says that the object is gone: deleted, deleted in between, or another of its name", async () => {
    const gone = new FakeObjectServer();
    const { object } = gone;
    gone.vanish();
    expect(await ensureFinalizer(gone, Thing, object, OURS)).toBeUndefined();

    const vanishing = new FakeObjectServer();
    vanishing.beforePatch = () => {
      vanishing.edit({});
      vanishing.patch = async () => {
        vanishing.vanish();
        throw failure(409, "patch");
      };
    };
    expect(await ensureFinalizer(vanishing, Thing, vanishing.object, OURS)).toBeUndefined();

    const recreated = new FakeObjectServer();
    recreated.beforePatch = () => recreated.edit({ uid: "B" });
    expect(await ensureFinalizer(recreated, Thing, recreated.object, OURS)).toBeUndefined();
    expect(recreated.finalizers).toEqual([]);
  });

  it("is not put on the wrong object by a copy without uid and version", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a"] });
    const { uid: _uid, resourceVersion: _version, ...metadata } = server.object.metadata;
    await ensureFinalizer(server, Thing, { ...server.object, metadata }, OURS);
    expect(server.finalizers).toEqual(["a.com/a", OURS]);
  });

  it("refuses a name that the server would refuse, before asking", () => {
    const server = new FakeObjectServer();
    expect(() => ensureFinalizer(server, Thing, server.object, "not a name")).toThrow('finalizer "not a name": name part');
    expect(server.requests).toEqual([]);
  });
});

describe("removeFinalizer", () => {
  it("removes ours at its position, and tests that it is there", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a", OURS, "b.com/b"] });
    const object = await removeFinalizer(server, Thing, server.object, OURS);
    expect(object?.metadata.finalizers).toEqual(["a.com/a", "b.com/b"]);
    expect(server.patches[0]?.slice(2)).toEqual([
      { op: "test", path: "/metadata/finalizers/1", value: OURS },
      { op: "remove", path: "/metadata/finalizers/1" },
    ]);
  });

  it("removes it wherever it is listed twice", async () => {
    const server = new FakeObjectServer({ finalizers: [OURS, "a.com/a", OURS] });
    await removeFinalizer(server, Thing, server.object, OURS);
    expect(server.finalizers).toEqual(["a.com/a"]);
  });

  it("asks nothing when it is not there", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a"] });
    await removeFinalizer(server, Thing, server.object, OURS);
    expect(server.requests).toEqual([]);
  });

  it("works on an object that is being deleted, which that may end", async () => {
    const server = new FakeObjectServer({ finalizers: [OURS], deletionTimestamp: "2026-01-01T00:00:00Z" });
    const object = await removeFinalizer(server, Thing, server.object, OURS);
    expect(object?.metadata.finalizers).toEqual([]);
    expect(server.finalizers).toBeUndefined();
  });

  it("finds ours again when others shrank the list in between", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a", "b.com/b", OURS] });
    server.beforePatch = (attempt) => attempt === 1 && server.edit({ finalizers: [OURS] });
    await removeFinalizer(server, Thing, server.object, OURS);
    expect(server.finalizers).toEqual([]);
  });

  it("takes an object that is gone for success", async () => {
    const server = new FakeObjectServer({ finalizers: [OURS] });
    const { object } = server;
    server.vanish();
    expect(await removeFinalizer(server, Thing, object, OURS)).toBeUndefined();
  });

  it("removes names that are not valid, too", async () => {
    const server = new FakeObjectServer({ finalizers: ["-left behind-"] });
    await removeFinalizer(server, Thing, server.object, "-left behind-");
    expect(server.finalizers).toEqual([]);
  });
});

describe("replaceFinalizer", () => {
  const PLACEHOLDER = "example.com/wip";

  it.each<[string, readonly string[], readonly string[]]>([
    ["puts it in the placeholder's place", ["a.com/a", PLACEHOLDER, "b.com/b"], ["a.com/a", OURS, "b.com/b"]],
    ["appends it when the placeholder is missing", ["a.com/a"], ["a.com/a", OURS]],
    ["makes the list when there is none", [], [OURS]],
    ["takes the placeholder off when it is there already", [PLACEHOLDER, OURS], [OURS]],
    ["does nothing when all is done", ["a.com/a", OURS], ["a.com/a", OURS]],
  ])("%s", async (_, before, after) => {
    const server = new FakeObjectServer({ finalizers: before });
    await replaceFinalizer(server, Thing, server.object, PLACEHOLDER, OURS);
    expect(server.finalizers).toEqual(after);
    expect(server.patches.length).toBeLessThanOrEqual(1);
  });

  it("does not replace another's by a copy without uid and version, whose list is an old one", async () => {
    const server = new FakeObjectServer({ finalizers: ["a.com/a", PLACEHOLDER] });
    const { uid: _uid, resourceVersion: _version, ...metadata } = server.object.metadata;
    await replaceFinalizer(server, Thing, { ...server.object, metadata: { ...metadata, finalizers: [PLACEHOLDER] } }, PLACEHOLDER, OURS);
    expect(server.finalizers).toEqual(["a.com/a", OURS]);
  });

  it("refuses a name the server would refuse, before anything is asked", () => {
    const server = new FakeObjectServer({ finalizers: [PLACEHOLDER] });
    expect(() => replaceFinalizer(server, Thing, server.object, PLACEHOLDER, "a/b/c")).toThrow('finalizer "a/b/c"');
    expect(server.requests).toEqual([]);
  });

  it("leaves the placeholder on an object that is being deleted, which may get no other", async () => {
    const server = new FakeObjectServer({ finalizers: [PLACEHOLDER] });
    server.beforePatch = (attempt) => attempt === 1 && server.delete();
    await replaceFinalizer(server, Thing, server.object, PLACEHOLDER, OURS);
    expect(server.finalizers).toEqual([PLACEHOLDER]);
  });
});

describe("a conflict", () => {
  it.each([409, 422])("(%i) is tried again, with growing waits, a bounded number of times", async (status) => {
    const clock = new ManualClock();
    const server = new FakeObjectServer();
    const atMs: number[] = [];
    server.beforePatch = () => {
      atMs.push(clock.monotonicMs());
      throw failure(status, "patch things x");
    };
    const writing = ensureFinalizer(server, Thing, server.object, OURS, { clock, random: () => 0 });
    const outcome = writing.catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await outcome).toMatchObject({ name: "ApiError", status });
    expect(atMs).toEqual([0, 0, 50, 150, 350, 750]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("that names fields is about the object and is not tried again", async () => {
    const server = new FakeObjectServer();
    const response = { details: { causes: [{ reason: "FieldValueInvalid", field: "spec.size" }] } };
    server.beforePatch = () => {
      throw new ApiError("patch things x", { code: "Invalid", status: 422, response });
    };
    await expect(ensureFinalizer(server, Thing, server.object, OURS)).rejects.toMatchObject({ status: 422 });
    expect(server.requests).toEqual(["patch"]);
  });

  it("ends with its signal, also while it waits", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const server = new FakeObjectServer({ finalizers: [OURS] });
    server.beforePatch = () => {
      throw failure(409, "patch things x");
    };
    const removing = removeFinalizer(server, Thing, server.object, OURS, { clock, signal: stop.signal });
    const outcome = removing.catch((error: unknown) => String(error));
    await clock.advance(10);
    expect(clock.pendingTimers).toBe(1);
    stop.abort(new Error("stopped"));
    expect(await outcome).toBe("Error: stopped");
    expect(clock.pendingTimers).toBe(0);
  });

  it("is all that is retried: other failures are the caller's", async () => {
    const server = new FakeObjectServer({ finalizers: [OURS] });
    server.beforePatch = () => {
      throw failure(403, "patch things x");
    };
    await expect(removeFinalizer(server, Thing, server.object, OURS)).rejects.toMatchObject({ code: "Forbidden" });
    expect(server.requests).toEqual(["patch"]);
  });
});
