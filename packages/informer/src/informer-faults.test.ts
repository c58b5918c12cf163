import { sleep } from "@operatorkit/observe";
import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "./testing/fault.ts";
import { Lab } from "./testing/lab.ts";
import type { InformerOptions } from "./informer-options.ts";
import type { Widget } from "./testing/fake-server.ts";

/** Each test is one deterministic plan; these hold at the end of every one of them. */
const labs: Lab[] = [];

async function lab(options: Partial<InformerOptions<Widget>> & { readonly start?: false } = {}): Promise<Lab> {
  const { start, ...rest } = options;
  const made = new Lab(rest);
  labs.push(made);
  made.server.create("a");
  made.server.create("b");
  if (start !== false) await made.start();
  return made;
}

afterEach(async () => {
  for (const made of labs.splice(0)) {
    const problems = await made.conclude();
    if (problems.length > 0) throw new Error(problems.join("; "));
  }
});

const status = (code: number, retryAfterMs?: number): Fault => ({
  type: "status",
  status: code,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe("the first list", () => {
  it("is given to handlers as initial adds, and then the watch goes on from its version", async () => {
    const { server, witness } = await lab();
    server.update("a");
    server.create("c");
    server.delete("b");
    await labs[0]?.settle();
    expect(witness.log).toEqual([
      "add default/a@101 initial",
      "add default/b@102 initial",
      "update default/a@101→103",
      "add default/c@104",
      "delete default/b@105",
    ]);
    expect(server.requests.map(({ type, resourceVersion }) => [type, resourceVersion])).toEqual([
      ["list", undefined],
      ["watch", "102"],
    ]);
  });

  it("is read in pages, and shown only when it is whole", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    for (const name of ["c", "d", "e"]) made.server.create(name);
    made.server.failNext("list", { type: "slow", ms: 10 }, { type: "slow", ms: 10 }, { type: "slow", ms: 10 });
    await made.start();
    await made.advance(20);
    expect(made.informer.lister.size).toBe(0);
    await made.advance(10);
    expect(made.informer.lister.size).toBe(5);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "page", "page", "watch"]);
  });

  it("is read whole, not slowly, however many pages it has", async () => {
    const made = await lab({ start: false, pageSize: 1 });
    // The pages of one healthy list are no spinning; this plan is about them alone, so the log is emptied afterwards.
    for (let i = 0; i < 60; i += 1) made.server.create(`n${i}`);
    await made.start();
    expect(made.informer.isSynced).toBe(true);
    made.server.requests.length = 0;
  });

  it("does not spin when a server has a next page for ever, and nothing in it", async () => {
    const made = await lab({ start: false });
    let pages = 0;
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => {
      await list({ ...request, continue: undefined } as never);
      pages += 1;
      return { entries: [], resourceVersion: "102", continue: `page-${pages}` };
    };
    await made.start();
    await made.advance(60_000);
    expect(pages).toBeGreaterThan(20);
    expect(pages).toBeLessThan(160);
    made.server.list = list;
    await made.advance(120_000);
  });

  it.each<[string, Fault]>([
    ["the connection breaks", { type: "break" }],
    ["the server answers 500", status(500)],
    ["the server answers 503", status(503)],
    ["the kind is not there yet (404)", status(404)],
    ["it is forbidden (403)", status(403)],
    ["the credentials are refused (401)", status(401)],
    ["too many requests (429)", status(429)],
    ["the answer is a page of HTML with status 200", { type: "html" }],
    ["the list is refused as such (400)", status(400)],
    ["the ListWatch throws something else", { type: "throw", error: new Error("boom") }],
    ["the ListWatch throws nothing sensible", { type: "throw", error: undefined }],
  ])("is tried until it works when %s, for an hour if need be", async (_, fault) => {
    const made = await lab({ start: false });
    made.server.failAlways("list", fault);
    await made.start();
    await made.advance(3_600_000);
    expect(made.informer.isSynced).toBe(false);
    expect(made.server.requests.length).toBeGreaterThan(100);
    expect(made.server.requests.length).toBeLessThan(250);
    made.server.heal();
    await made.advance(30_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it.each([false, true])("is given up and asked for anew when it hangs (ignoring its signal: %s)", async (ignoresSignal) => {
    const made = await lab({ start: false });
    made.server.failNext("list", { type: "hang", ignoresSignal });
    await made.start();
    await made.advance(29_000);
    expect(made.server.requests).toHaveLength(1);
    await made.advance(3_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("that is merely slow is given more time, and works in the end", async () => {
    const made = await lab({ start: false });
    made.server.failAlways("list", { type: "slow", ms: 100_000 });
    await made.start();
    await made.advance(600_000);
    expect(made.informer.isSynced).toBe(true);
    made.server.heal();
  });

  it("that takes long, but whose bytes keep coming, is waited for", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => {
      for (let i = 0; i < 10; i += 1) {
        await sleep(20_000, { clock: made.clock, signal: request.signal });
        request.onProgress?.();
      }
      return list(request);
    };
    await made.start();
    await made.advance(201_000);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "watch"]);
  });

  it("that drips for ever is given up in the end", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    let asked = 0;
    made.server.list = async (request) => {
      asked += 1;
      const drops = asked === 1 ? 1_000 : 0;
      for (let i = 0; i < drops; i += 1) {
        await sleep(20_000, { clock: made.clock, signal: request.signal });
        request.onProgress?.();
      }
      return list(request);
    };
    await made.start();
    await made.advance(243_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("goes on at the page that hung, with what it has", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    for (const name of ["c", "d", "e"]) made.server.create(name);
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "hang" });
    await made.start();
    await made.advance(40_000);
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "page", "page", "page", "watch"]);
  });

  it("begins again in one piece when its continue token has expired", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    made.server.create("c");
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "slow", ms: 1_000 });
    await made.start();
    await made.advance(500);
    made.server.delete("a");
    made.server.compact();
    await made.advance(5_000);
    expect(made.server.requests.map(({ type, limit }) => [type, limit])).toEqual([
      ["list", 2],
      ["page", 2],
      ["list", undefined],
      ["watch", undefined],
    ]);
    expect(made.witness.log).toEqual(["add default/b@102 initial", "add default/c@103 initial"]);
  });

  it("does not spin when continue tokens expire for ever", async () => {
    const made = await lab({ start: false, pageSize: 1 });
    made.server.failAlways("list", status(410));
    await made.start();
    await made.advance(600_000);
    expect(made.informer.isSynced).toBe(false);
    made.server.heal();
    await made.advance(30_000);
    expect(made.informer.isSynced).toBe(true);
  });
});

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

describe("a server that went back to an older state", () => {
  it("is noticed after the connection broke, and its list taken as the truth", async () => {
    const made = await lab();
    const backup = made.server.backup();
    made.server.update("a");
    made.server.create("c");
    await made.settle();
    made.witness.mayGoBack = true;
    made.server.restore(backup);
    await made.advance(30_000);
    expect(made.witness.log.slice(4)).toEqual(["delete default/c@104 unseen", "update default/a@103→101"]);
    made.server.create("d");
    await made.settle();
    expect(made.informer.lister.has("default/d")).toBe(true);
  });

  it("is noticed behind a proxy that ends streams cleanly, too", async () => {
    const made = await lab();
    const backup = made.server.backup();
    for (let i = 0; i < 10; i += 1) made.server.update("a");
    await made.settle();
    made.witness.mayGoBack = true;
    made.server.endStreams();
    made.server.restore(backup);
    await made.advance(30_000);
    expect(made.informer.lister.version).toBe("102");
  });

  it("is not believed at once: one answer from a replica that lags changes nothing", async () => {
    const made = await lab();
    made.server.failNext("list", { type: "older" });
    made.server.breakStreams();
    await made.advance(30_000);
    expect(made.witness.log).toHaveLength(2);
    made.server.goneAs = "status";
    made.server.update("a");
    await made.settle();
    made.server.muteStreams();
    made.server.writeOtherKinds(1);
    made.server.compact();
    // The check after the silence is answered well, the list after the 410 by the replica that lags.
    made.server.failNext("list", { type: "slow", ms: 1 }, { type: "older" });
    await made.advance(120_000);
    expect(made.witness.log).toHaveLength(3);
  });
});

describe("a kind", () => {
  it("whose CRD is deleted and made again is found again", async () => {
    const made = await lab();
    made.server.delete("a");
    made.server.delete("b");
    made.server.failAlways("list", status(404));
    made.server.failAlways("watch", status(404));
    made.server.endStreams();
    await made.advance(900_000);
    made.server.heal();
    made.server.create("z");
    made.server.compact();
    await made.advance(31_000);
    expect(made.informer.lister.keys()).toEqual(["default/z"]);
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
