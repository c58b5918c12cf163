import { ApiError, entryOf, type EntryPage, type ListRequest, type ObjectEntry, type WatchEvent } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { concludedLabs } from "./testing/concluded-labs.ts";
import type { Widget } from "./testing/fake-server.ts";
import type { Lab } from "./testing/lab.ts";

/** Servers that answer, but not as the Kubernetes API says. */
const lab = concludedLabs();

const lists = ({ server }: Lab): number => server.requests.filter(({ type }) => type === "list").length;

function entry(name: string, version: string, uid = `uid of ${name}`): ObjectEntry<Widget> {
  return entryOf<Widget>({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name, namespace: "default", uid, resourceVersion: version },
  });
}

/** The next answers to a list are these, made from the true ones. */
function answerLists(made: Lab, ...answers: readonly ((page: EntryPage<Widget>) => EntryPage<Widget>)[]): void {
  const list = made.server.list.bind(made.server);
  const left = [...answers];
  made.server.list = async (request: ListRequest) => {
    const page = await list(request);
    return request.limit === 1 ? page : (left.shift()?.(page) ?? page);
  };
}

describe("a list", () => {
  it("that is empty once, though nothing was deleted, deletes nothing", async () => {
    const made = await lab();
    answerLists(made, (page) => ({ entries: [], resourceVersion: page.resourceVersion }));
    made.server.compact();
    made.server.writeOtherKinds(1);
    made.server.compact();
    made.server.muteStreams();
    await made.advance(120_000);
    expect(lists(made)).toBe(3);
    expect(made.witness.log).toHaveLength(2);
  });

  it("that is empty because all is gone is believed the second time", async () => {
    const made = await lab();
    made.server.muteStreams();
    made.server.delete("a");
    made.server.delete("b");
    made.server.compact();
    await made.advance(120_000);
    expect(made.witness.log.slice(2)).toEqual(["delete default/a@101 unseen", "delete default/b@102 unseen"]);
  });

  it("with the same object on two pages has it once, in its newest version", async () => {
    const made = await lab({ start: false });
    answerLists(made, (page) => ({ ...page, entries: [...page.entries, ...page.entries] }));
    await made.start();
    expect(made.witness.log).toEqual(["add default/a@101 initial", "add default/b@102 initial"]);
  });

  it("whose remainingItemCount lies is read to its end, and no further", async () => {
    const made = await lab({ start: false, pageSize: 2 });
    made.server.create("c");
    answerLists(
      made,
      (page) => ({ ...page, remainingItemCount: 0 }),
      (page) => ({ ...page, remainingItemCount: 10 }),
    );
    await made.start();
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "page", "watch"]);
  });

  it("of a server that knows no pages is taken whole", async () => {
    const made = await lab({ start: false, pageSize: 1 });
    const list = made.server.list.bind(made.server);
    made.server.list = ({ signal }) => list({ signal });
    await made.start();
    expect(made.informer.lister.size).toBe(2);
  });

  it.each([409, 422, 451, 418])("answered %i for a while is asked for until it is not", async (code) => {
    const made = await lab({ start: false });
    made.server.failAlways("list", { type: "status", status: code });
    await made.start();
    await made.advance(120_000);
    made.server.heal();
    await made.advance(31_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("whose Retry-After is a year is asked for again within minutes", async () => {
    const made = await lab({ start: false });
    made.server.failNext("list", { type: "status", status: 429, retryAfterMs: 365 * 86_400_000 });
    await made.start();
    await made.advance(376_000);
    expect(made.informer.isSynced).toBe(true);
  });

  it("whose Retry-After is 0, again and again, is not asked for again and again", async () => {
    const made = await lab({ start: false });
    made.server.failAlways("list", { type: "status", status: 503, retryAfterMs: 0 });
    await made.start();
    await made.advance(60_000);
    expect(made.server.requests.length).toBeLessThan(80);
    made.server.heal();
    await made.advance(31_000);
  });
});

describe("an event", () => {
  it.each<[string, WatchEvent<Widget>]>([
    ["an addition from before the list", { type: "ADDED", entry: entry("ghost", "50") }],
    ["a change from before the list", { type: "MODIFIED", entry: entry("ghost", "50") }],
    ["a bookmark with an older version", { type: "BOOKMARK", resourceVersion: "50", initialEventsEnd: false }],
  ])("that cannot be (%s) is not believed, and the server is listed anew to be sure", async (_, event) => {
    const made = await lab();
    made.server.say(event);
    await made.advance(1_000);
    expect(lists(made)).toBe(2);
    expect(made.witness.log).toHaveLength(2);
    made.server.update("a");
    await made.settle();
    expect(made.witness.log.at(-1)).toBe("update default/a@101→103");
  });

  it("that came too late to be applied is not lost", async () => {
    const made = await lab();
    // A server that mixes up its order: c was made before the bookmark, and is told after it.
    made.server.muteStreams();
    made.server.create("c");
    made.server.writeOtherKinds(10);
    made.server.breakStreams();
    const late = made.server.objects.get("default/c");
    if (late === undefined) throw new Error("c is not on the server");
    const watch = made.server.watch.bind(made.server);
    made.server.watch = (request) => watch({ ...request, resourceVersion: "113" });
    await made.advance(91_000 + 5_000);
    made.server.say({ type: "BOOKMARK", resourceVersion: "113", initialEventsEnd: false });
    made.server.say({ type: "ADDED", entry: entryOf<Widget>(late) });
    await made.advance(5_000);
    made.server.watch = watch;
    expect(made.informer.lister.has("default/c")).toBe(true);
  });

  it("that cannot be, said again and again, neither spins nor keeps the other events away", async () => {
    const made = await lab();
    for (let second = 0; second < 300; second += 1) {
      made.server.say({ type: "ADDED", entry: entry("ghost", "50") });
      if (second % 10 === 0) made.server.update("a");
      await made.advance(1_000);
    }
    expect(lists(made)).toBeLessThan(10);
    made.server.update("a");
    await made.settle();
    expect(made.informer.lister.has("default/ghost")).toBe(false);
    expect(made.witness.log.at(-1)).toMatch(/update default\/a/);
  });

  it.each<[string, (made: Lab) => void, readonly string[]]>([
    ["DELETED of an unknown object", ({ server }) => server.say({ type: "DELETED", entry: entry("z", "103") }), []],
    [
      "ADDED twice",
      ({ server }) => {
        server.create("c");
        server.say({ type: "ADDED", entry: entryOf<Widget>(server.objects.get("default/c") as Widget) });
      },
      ["add default/c@103"],
    ],
  ])("%s tells nothing that is not so", async (_, happen, told) => {
    const made = await lab();
    happen(made);
    await made.settle();
    expect(made.witness.log.slice(2)).toEqual(told);
    expect(lists(made)).toBe(1);
    made.server.writeOtherKinds(1);
  });

  it.each<[string, ApiError]>([
    ["410", new ApiError("watch", { code: "Expired", status: 410 })],
    ["500", new ApiError("watch", { code: "InternalError", status: 500 })],
    ["429", new ApiError("watch", { code: "TooManyRequests", status: 429, retryAfterMs: 1_000 })],
    ["an unknown code", new ApiError("watch", { code: "Unknown", status: 418 })],
    ["no code at all", new ApiError("watch", { code: "Unknown" })],
  ])("ERROR with %s ends the stream, and nothing is lost", async (_, error) => {
    const made = await lab();
    made.server.say({ type: "ERROR", error });
    made.server.muteStreams();
    made.server.delete("b");
    made.server.update("a");
    await made.advance(10_000);
    expect(made.witness.log.slice(2).toSorted()).toEqual([expect.stringMatching(/^delete default\/b/), "update default/a@101→104"]);
  });
});

describe("versions", () => {
  it("beyond 2^53 are compared digit by digit", async () => {
    const made = await lab({ start: false });
    made.server.writeOtherKinds(9_007_199_254_740_000);
    made.server.create("c");
    await made.start();
    made.server.say({ type: "MODIFIED", entry: entry("c", "90071992547409930001", "uid-3") });
    made.server.say({ type: "MODIFIED", entry: entry("c", "90071992547409930002", "uid-3") });
    await made.settle();
    expect(made.informer.lister.entry("default/c")?.resourceVersion).toBe("90071992547409930002");
    made.witness.mayGoBack = true;
    made.server.breakStreams();
    await made.advance(30_000);
  });

  it("that are no numbers are believed as they come", async () => {
    const made = await lab({ start: false });
    const list = made.server.list.bind(made.server);
    made.server.list = async (request) => {
      const page = await list(request);
      return { ...page, resourceVersion: `v-${page.resourceVersion}` };
    };
    const watch = made.server.watch.bind(made.server);
    made.server.watch = (request) => watch({ ...request, resourceVersion: request.resourceVersion?.replace("v-", "") ?? "" });
    await made.start();
    made.server.update("a");
    made.server.breakStreams();
    made.server.delete("b");
    await made.advance(5_000);
    expect(made.witness.log.slice(2)).toEqual(["update default/a@101→103", "delete default/b@104"]);
  });
});

describe("a watch", () => {
  it("of a server without bookmarks, on a kind where nothing happens, is kept up at a request or two a minute", async () => {
    const made = await lab();
    made.server.bookmarkEveryMs = 0;
    made.server.breakStreams();
    await made.advance(3_600_000);
    expect(made.server.requests.length).toBeLessThan(120);
    made.server.delete("b");
    await made.settle();
    expect(made.informer.lister.has("default/b")).toBe(false);
  });

  it("that ignores the version it was asked for, and begins with everything there is, tells nothing twice", async () => {
    const made = await lab({ start: false });
    const watch = made.server.watch.bind(made.server);
    made.server.watch = ({ allowWatchBookmarks, timeoutSeconds, signal }) => watch({ allowWatchBookmarks, timeoutSeconds, signal });
    await made.start();
    made.server.breakStreams();
    await made.advance(5_000);
    expect(made.witness.log).toHaveLength(2);
    expect(lists(made)).toBe(1);
  });
});

describe("time", () => {
  it("of day that jumps by an hour, either way, changes nothing", async () => {
    const made = await lab();
    for (const ms of [3_600_000, -7_200_000, 3_600_000]) {
      made.clock.jumpWallClock(ms);
      await made.advance(61_000);
    }
    expect(made.server.requests.map(({ type }) => type)).toEqual(["list", "watch"]);
    made.clock.jumpWallClock(-3_600_000);
    made.server.breakStreams();
    made.server.update("a");
    await made.advance(5_000);
    expect(made.witness.log.at(-1)).toBe("update default/a@101→103");
  });
});

describe("with WatchList", () => {
  it("an end bookmark that comes before the objects loses none of them", async () => {
    const made = await lab({ start: false, useWatchList: true });
    const watch = made.server.watch.bind(made.server);
    let isFirst = true;
    made.server.watch = async (request) => {
      if (!isFirst) return watch(request);
      isFirst = false;
      const stream = await watch({ ...request, sendInitialEvents: false, resourceVersion: "102" });
      made.server.say({ type: "BOOKMARK", resourceVersion: "102", initialEventsEnd: true });
      for (const object of made.server.objects.values()) made.server.say({ type: "ADDED", entry: entryOf<Widget>(object) });
      return stream;
    };
    await made.start();
    await made.advance(5_000);
    expect(made.informer.lister.keys().toSorted()).toEqual(["default/a", "default/b"]);
  });
});
