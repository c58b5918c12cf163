import { describe, expect, it } from "vitest";
import { concludedLabs } from "./testing/concluded-labs.ts";
import { status, type Fault } from "./testing/fault.ts";
import type { Lab } from "./testing/lab.ts";

/** Each test is one deterministic plan. */
const lab = concludedLabs();

describe("a watch", () => {
  it.each<[string, (made: Lab) => void]>([
    ["breaks", ({ server }) => server.breakStreams()],
    ["ends early", ({ server }) => server.endStreams()],
    ["sends a line that is no event", ({ server }) => server.corruptStreams()],
    ["goes silent with the connection open", ({ server }) => server.muteStreams()],
  ])("that %s is resumed where it was, and loses nothing", async (_, harm) => {
    const made = await lab();
    harm(made);
    made.server.update("a");
    made.server.create("c");
    made.server.delete("b");
    await made.advance(100_000);
    expect(made.witness.log.slice(2)).toEqual(["update default/a@101→103", "add default/c@104", "delete default/b@105"]);
    expect(made.server.requests.filter(({ type }) => type === "list")).toHaveLength(1);
  });

  it("that is quiet but sends bookmarks is left alone, and is opened again at its own time", async () => {
    const made = await lab();
    await made.advance(3_600_000);
    const watches = made.server.requests.filter(({ type }) => type === "watch");
    expect(watches.length).toBeGreaterThan(5);
    expect(made.server.requests).toHaveLength(watches.length + 1);
    const gaps = watches.slice(1).map(({ atMs }, at) => (atMs - (watches[at]?.atMs ?? 0)) / 1000);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(300);
      expect(gap).toBeLessThanOrEqual(600);
    }
    expect(new Set(gaps).size).toBeGreaterThan(1);
  });

  it("is resumed from its last bookmark, so a quiet kind need not be listed again", async () => {
    const made = await lab();
    made.server.writeOtherKinds(1_000);
    await made.advance(61_000);
    made.server.compact();
    made.server.breakStreams();
    await made.advance(5_000);
    expect(made.server.requests.at(-1)).toMatchObject({ type: "watch", resourceVersion: "1102" });
    expect(made.server.requests.filter(({ type }) => type === "list")).toHaveLength(1);
  });

  it.each<[string, "status" | "event" | "end"]>([
    ["an HTTP status", "status"],
    ["an event in the stream", "event"],
    ["no word at all, the stream merely ends", "end"],
  ])("that is too old is listed again, when that is told by %s", async (_, goneAs) => {
    const made = await lab();
    made.server.goneAs = goneAs;
    made.server.muteStreams();
    made.server.delete("a");
    made.server.update("b");
    made.server.create("c");
    made.server.compact();
    await made.advance(110_000);
    expect(made.witness.log.slice(2)).toEqual(["delete default/a@101 unseen", "update default/b@102→104", "add default/c@105"]);
    await made.advance(600_000);
    expect(made.witness.log).toHaveLength(5);
  });

  it("tells a name that was re-created unseen as a delete and an add, never as an update", async () => {
    const made = await lab();
    made.server.muteStreams();
    made.server.delete("a");
    made.server.create("a");
    made.server.compact();
    await made.advance(110_000);
    expect(made.witness.log.slice(2)).toEqual(["delete default/a@101 unseen", "add default/a@104"]);
  });

  it("drops what is at or below its version: duplicates, and older events replayed by another server", async () => {
    const made = await lab();
    const old = made.informer.lister.entry("default/a");
    if (old === undefined) throw new Error("a is not in the copy");
    made.server.update("a");
    made.server.delete("b");
    const now = made.server.objects.get("default/a");
    if (now === undefined) throw new Error("a is not on the server");
    await made.settle();
    for (const type of ["ADDED", "MODIFIED", "DELETED"] as const) made.server.say({ type, entry: old });
    made.server.say({ type: "MODIFIED", entry: { ...old, object: now, resourceVersion: now.metadata.resourceVersion ?? "" } });
    made.server.say({ type: "BOOKMARK", resourceVersion: "50", initialEventsEnd: false });
    await made.settle();
    expect(made.witness.log.slice(2)).toEqual(["update default/a@101→103", "delete default/b@104"]);
    expect(made.informer.lister.version).toBe("104");
  });

  it("takes deletions that carry the version the object last had", async () => {
    const made = await lab();
    made.server.oldDeletionVersions = true;
    made.server.update("b");
    made.server.delete("a");
    await made.settle();
    expect(made.witness.log.slice(2)).toEqual(["update default/b@102→103", "delete default/a@101"]);
  });

  it.each<[string, Fault]>([
    ["is refused (500)", status(500)],
    ["is forbidden (403)", status(403)],
    ["finds its kind gone (404)", status(404)],
    ["is one too many (429)", status(429)],
    ["is rejected (400)", status(400)],
    ["is too old, whatever version it asks for (410)", status(410)],
    ["is answered with HTML", { type: "html" }],
    ["never gets headers", { type: "hang" }],
    ["never gets headers and cannot be aborted", { type: "hang", ignoresSignal: true }],
    ["is accepted and stays silent", { type: "silent" }],
    ["is accepted and ended at once", { type: "ended" }],
    ["is cut after an event", { type: "cut" }],
    ["finds no connection", { type: "break" }],
  ])("that %s, again and again, neither spins nor gives up", async (_, fault) => {
    const made = await lab();
    made.server.failAlways("watch", fault);
    made.server.breakStreams();
    for (let i = 0; i < 30; i += 1) {
      made.server.update("a");
      await made.advance(20_000);
    }
    expect(made.server.requests.length).toBeGreaterThan(10);
    made.server.heal();
    made.server.delete("b");
    await made.advance(150_000);
    expect(made.informer.lister.has("default/b")).toBe(false);
  });

  it.each<[string, Fault]>([
    ["is accepted and stays silent", { type: "silent" }],
    ["is accepted and ended at once", { type: "ended" }],
    ["is cut after an event", { type: "cut" }],
    ["is answered with HTML", { type: "html" }],
    ["is too old, whatever version it asks for", status(410)],
  ])("that %s every time still lets the copy follow, by lists", async (_, fault) => {
    const made = await lab();
    made.server.failAlways("watch", fault);
    made.server.breakStreams();
    made.server.delete("b");
    await made.advance(300_000);
    expect(made.informer.lister.has("default/b")).toBe(false);
  });

  it("obeys Retry-After first", async () => {
    const made = await lab();
    made.server.failNext("watch", status(429, 20_000));
    made.server.endStreams();
    await made.advance(3_000);
    const before = made.server.requests.length;
    await made.advance(15_000);
    expect(made.server.requests).toHaveLength(before);
    await made.advance(10_000);
    expect(made.server.requests).toHaveLength(before + 1);
  });

  it("that lives only for seconds each time is asked for less and less often", async () => {
    const made = await lab();
    for (let i = 0; i < 300; i += 1) {
      made.server.update("a");
      made.server.endStreams();
      await made.advance(1_000);
    }
    expect(made.server.requests.filter(({ type }) => type === "watch").length).toBeLessThan(30);
    await made.advance(31_000);
  });
});

describe("with WatchList", () => {
  it("the initial objects come by the watch, and no list is needed", async () => {
    const made = await lab({ useWatchList: true });
    expect(made.witness.log).toEqual(["add default/a@101 initial", "add default/b@102 initial"]);
    made.server.update("a");
    await made.settle();
    expect(made.server.requests.map(({ type }) => type)).toEqual(["watch"]);
  });

  it("a server that rejects it is listed at once", async () => {
    const made = await lab({ useWatchList: true, start: false });
    made.server.watchList = "rejected";
    await made.start();
    expect(made.informer.isSynced).toBe(true);
  });

  it("a server that ignores it is listed after a while, and nothing partial is shown before", async () => {
    const made = await lab({ useWatchList: true, start: false });
    made.server.watchList = "ignored";
    await made.start();
    await made.advance(19_000);
    expect(made.informer.lister.size).toBe(0);
    await made.advance(30_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("an initial stream that is cut leaves no ghosts", async () => {
    const made = await lab({ useWatchList: true, start: false });
    made.server.failNext("watch", { type: "cut" });
    await made.start();
    expect(made.informer.lister.size).toBe(0);
    made.server.delete("a");
    await made.advance(5_000);
    expect(made.witness.log).toEqual(["add default/b@102 initial"]);
  });
});
