import { ApiError } from "@operatorkit/api";
import { describe, expect, it } from "vitest";
import { concludedLabs } from "./testing/concluded-labs.ts";
import type { RequestLog } from "./testing/fake-server.ts";
import { status } from "./testing/fault.ts";
import type { Lab } from "./testing/lab.ts";

/**
 * What client-go's reflector tests promise (`tools/cache/reflector_test.go`), asked of ours: by behaviour, since ours asks differently (it
 * always lists the newest state, and never version 0). The README has the table.
 */
const lab = concludedLabs();

const of = ({ server }: Lab, type: RequestLog["type"]): readonly RequestLog[] => server.requests.filter((request) => request.type === type);

describe("a list", () => {
  it("never asks for a version, exact or at least, so none can be too old or too large", async () => {
    const made = await lab({ pageSize: 2, names: ["a", "b", "c"] });
    made.server.muteStreams();
    made.server.update("a");
    made.server.compact();
    await made.advance(120_000);
    const lists = made.server.requests.filter(({ type }) => type !== "watch");
    expect(lists.length).toBeGreaterThan(4);
    expect(lists.filter(({ resourceVersion }) => resourceVersion !== undefined)).toEqual([]);
  });

  it("whose pages expire is asked for in one piece, at the newest version", async () => {
    const made = await lab({ start: false, pageSize: 2, names: ["a", "b", "c"] });
    made.server.failNext("list", { type: "slow", ms: 1 }, status(410));
    await made.start();
    await made.advance(5_000);
    expect(made.server.requests.map(({ type, limit }) => [type, limit])).toEqual([
      ["list", 2],
      ["page", 2],
      ["list", undefined],
      ["watch", undefined],
    ]);
  });

  it("is asked for in pages of the size given, because it is a consistent one", async () => {
    const made = await lab({ pageSize: 4, names: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] });
    expect(made.server.requests.map(({ type, limit }) => [type, limit])).toEqual([
      ["list", 4],
      ["page", 4],
      ["page", 4],
      ["watch", undefined],
    ]);
  });
});

describe("a watch", () => {
  it("from a version the server has not reached (504) is asked for again, and nothing is listed anew", async () => {
    const made = await lab();
    made.server.failNext("watch", status(504), status(504));
    made.server.breakStreams();
    made.server.update("a");
    await made.advance(20_000);
    expect(of(made, "list")).toHaveLength(1);
    expect(of(made, "watch").map(({ resourceVersion }) => resourceVersion)).toEqual(["102", "102", "102", "102"]);
    expect(made.witness.log.at(-1)).toBe("update default/a@101→103");
  });

  it("that is one too many (429) is asked for again after longer and longer waits", async () => {
    const made = await lab();
    made.server.failAlways("watch", status(429));
    made.server.breakStreams();
    await made.advance(120_000);
    const times = of(made, "watch").map(({ atMs }) => atMs);
    const waits = times.slice(2).map((atMs, at) => atMs - (times[at + 1] ?? 0));
    expect(waits.length).toBeGreaterThan(4);
    expect(waits[0]).toBeGreaterThanOrEqual(800);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    // Twice as long each time, give or take the jitter.
    expect(waits[3]).toBeGreaterThan((waits[0] ?? 0) * 2);
    made.server.heal();
    // Until the first bookmark.
    await made.advance(95_000);
  });

  it.each([
    ["one too many (429)", 429],
    ["an internal error (500)", 500],
  ])("answered with %s is resumed, and nothing is listed anew", async (_, code) => {
    const made = await lab();
    made.server.failNext("watch", status(code), status(code), status(code));
    made.server.breakStreams();
    made.server.delete("b");
    await made.advance(60_000);
    expect(of(made, "list")).toHaveLength(1);
    expect(made.witness.log.at(-1)).toBe("delete default/b@103");
  });

  it("that cannot get past an object the server cannot read is given up for a list, and the object is told as deleted", async () => {
    const made = await lab();
    const watch = made.server.watch.bind(made.server);
    // KEP-3926: an object that no longer decodes was deleted unsafely; each watch from before that ends in the same error.
    made.server.watch = async (request) => {
      if (Number(request.resourceVersion) >= 103) return watch(request);
      await watch(request);
      const error = new ApiError("watch widgets: data from the storage is not decodable", { code: "InternalError", status: 500 });
      const batches = [[{ type: "ERROR" as const, error }]];
      return (async function* () {
        yield* batches;
      })();
    };
    made.server.muteStreams();
    made.server.delete("b");
    await made.advance(150_000);
    expect(made.witness.log.slice(2)).toEqual(["delete default/b@102 unseen"]);
    made.server.endStreams();
  });
});

describe("with WatchList", () => {
  it("asks for the initial objects without a version, and after a break for what follows the last one", async () => {
    const made = await lab({ useWatchList: true });
    made.server.update("a");
    await made.settle();
    made.server.breakStreams();
    await made.advance(5_000);
    expect(of(made, "watch").map(({ resourceVersion }) => resourceVersion)).toEqual([undefined, "103"]);
    expect(of(made, "list")).toEqual([]);
  });

  it("waits for the end of the initial events for a while only, and says in the health check what it waits for", async () => {
    const made = await lab({ useWatchList: true, start: false });
    made.server.watchList = "ignored";
    await made.start();
    await made.advance(20_100);
    expect(made.informer.healthCheck().check()).toMatch(/has not synced: watch widgets: nothing came for 20 s/);
    await made.advance(60_000);
    expect(made.informer.isSynced).toBe(true);
  });
});
