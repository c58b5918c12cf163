import type { FaultAction } from "@operatorkit/apiserver";
import { identityScenarios } from "./identity-scenarios.ts";
import { kindScenarios } from "./kind-scenarios.ts";
import { lastingScenarios } from "./lasting-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { wireScenarios } from "./wire-scenarios.ts";
import type { World } from "./world.ts";

/** Changes of every sort, while nobody can see them. */
async function change(world: World): Promise<void> {
  await world.put("a", "changed");
  await world.remove("b");
  await world.put("d", "new");
}

/** The subject's watch breaks, and what it asks next meets a fault for a while. */
function onReconnect(id: string, name: string, action: FaultAction, more: Partial<Scenario> & { readonly times?: number } = {}): Scenario {
  const { times = 1, ...rest } = more;
  return {
    id,
    name,
    ...rest,
    async run(world) {
      world.fault("watch", action, { times });
      world.cut();
      await change(world);
      await world.wait(1_500);
    },
  };
}

/** The first thing the subject asks meets a fault, some times. */
function atStart(
  id: string,
  name: string,
  verb: "list" | "watch",
  action: FaultAction,
  more: Partial<Scenario> & { readonly times?: number } = {},
): Scenario {
  const { times = 1, ...rest } = more;
  return {
    id,
    name,
    ...rest,
    before: (world) => void world.fault(verb, action, { times }),
    async run(world) {
      await world.wait(1_000);
      await change(world);
      await world.wait(1_500);
    },
  };
}

/** The open watch meets a fault at its next events. */
function onEvents(id: string, name: string, action: FaultAction, more: Partial<Scenario> = {}): Scenario {
  return {
    id,
    name,
    ...more,
    async run(world) {
      world.fault("watch", action, { times: 1 });
      await change(world);
      await world.wait(500);
      await world.put("a", "again");
      await world.wait(1_500);
    },
  };
}

/** Moved to a page after the first, which has gone wrong. */
function onPage(id: string, name: string, action: FaultAction, more: Partial<Scenario> = {}): Scenario {
  return {
    id,
    name,
    pageSize: 2,
    ...more,
    before: (world) => void world.fault("list", action, { continued: true, times: 1 }),
    run: async (world) => {
      await world.wait(1_000);
      await change(world);
    },
  };
}

const WATCH_LIST = { useWatchList: true } as const;

export const scenarios: readonly Scenario[] = [
  {
    id: "P3",
    name: "the server's view stands still and is released",
    isQuick: true,
    async run(world) {
      const release = world.server.freeze({ kind: "ConfigMap" });
      await change(world);
      await world.wait(500);
      release();
    },
  },
  {
    id: "P3",
    name: "moved to a server that lags, whose view is released later",
    isQuick: true,
    async run(world) {
      const at = world.server.resourceVersion;
      await change(world);
      await world.wait(500);
      const release = world.server.freeze({ kind: "ConfigMap", at });
      world.cut();
      await world.wait(2_500);
      release();
    },
  },
  {
    id: "P3",
    name: "the state is restored from an older backup",
    isQuick: true,
    goesBack: true,
    async run(world) {
      const to = world.server.resourceVersion;
      await change(world);
      await world.wait(500);
      await world.server.restart({ to });
    },
  },
  {
    id: "P3",
    name: "the state is restored from an older backup, and goes on differently",
    goesBack: true,
    async run(world) {
      const to = world.server.resourceVersion;
      await change(world);
      await world.put("d", "newer");
      await world.wait(500);
      await world.server.restart({ to, downMs: 500 });
      await world.put("c", "another history");
    },
  },
  {
    id: "P4",
    name: "events in between are never sent",
    isQuick: true,
    async run(world) {
      world.fault("watch", { type: "drop" }, { event: { name: "a", times: 2 } });
      for (const value of ["1", "2", "3"]) await world.put("a", value);
      await world.wait(300);
    },
  },
  onEvents("P5", "every event comes 300 ms late", { type: "delay", ms: 300 }),
  {
    id: "P5",
    name: "an event comes after the watch was replaced",
    async run(world) {
      world.fault("watch", { type: "delay", ms: 2_000 }, { event: { times: 1 } });
      await change(world);
      await world.wait(300);
      world.cut();
      await world.wait(2_000);
    },
  },
  onEvents("P6", "every event comes twice", { type: "duplicate" }, { isQuick: true }),
  onEvents("P6", "after each event an older state of its object comes", { type: "stale" }, { isQuick: true }),
  {
    id: "P6",
    name: "after its deletion an older state of an object comes",
    isQuick: true,
    async run(world) {
      await world.put("b", "2");
      world.fault("watch", { type: "stale", back: 1 }, { event: { type: "DELETED" } });
      await world.remove("b");
      await world.wait(500);
    },
  },
  onReconnect("P7", "410 as an event when the watch is resumed", { type: "expire" }, { isQuick: true }),
  onReconnect("P7", "410 as a status when the watch is resumed", { type: "expire", as: "status" }, { isQuick: true }),
  onReconnect("P7", "410 with the reason Gone", { type: "expire", reason: "Gone" }),
  onReconnect("P7", "a watch that is too old merely ends, three times", { type: "expire", as: "end" }, { times: 3 }),
  {
    id: "P7",
    name: "the history is compacted while the watch is broken",
    isQuick: true,
    async run(world) {
      world.fault("watch", { type: "status", code: 503 }, { times: 1 });
      world.cut();
      await change(world);
      world.server.compact();
      await world.wait(500);
    },
  },
  onPage("P7", "a page has expired, without a token to go on", { type: "expire" }),
  onPage("P7", "a page has expired, with a token to go on", { type: "expire", continueToken: true }),
  atStart("P8", "WatchList is refused (422)", "watch", { type: "watchList", as: "refused" }, { ...WATCH_LIST, times: 9 }),
  atStart("P8", "WatchList is refused (400)", "watch", { type: "watchList", as: "refused", code: 400 }, { ...WATCH_LIST, times: 9 }),
  atStart("P8", "WatchList is forbidden", "watch", { type: "watchList", as: "refused", code: 403 }, { ...WATCH_LIST, times: 9 }),
  atStart("P8", "WatchList is ignored", "watch", { type: "watchList", as: "ignored" }, { ...WATCH_LIST, times: 9, isQuick: true }),
  atStart(
    "P8",
    "WatchList is cut after one event",
    "watch",
    { type: "watchList", as: "cut", afterEvents: 1 },
    { ...WATCH_LIST, isQuick: true },
  ),
  atStart(
    "P8",
    "WatchList never ends its initial events",
    "watch",
    { type: "watchList", as: "unending" },
    { ...WATCH_LIST, isQuick: true },
  ),
  onEvents("P9", "an open watch falls silent and stays open", { type: "silence" }, { isQuick: true }),
  onReconnect("P9", "a watch opens and says nothing", { type: "silence" }),
  onReconnect("P9", "a watch is never answered", { type: "hang" }),
  atStart("P9", "a list is never answered", "list", { type: "hang" }, { isQuick: true }),
  atStart("P9", "a list stops in the middle of its page", "list", { type: "silence", afterBytes: 50 }),
  atStart("P9", "a list breaks in the middle of its page", "list", { type: "reset", at: "mid-page" }, { isQuick: true }),
  onPage("P9", "a page after the first is never answered", { type: "hang" }),
  onEvents("P9", "events come in pieces of seven bytes", { type: "drip", bytes: 7, everyMs: 1 }, { isQuick: true }),
  atStart("P9", "a list comes in pieces of fifty bytes", "list", { type: "drip", bytes: 50, everyMs: 5 }),
  onEvents("P9", "the watch breaks in the middle of an event", { type: "reset", at: "mid-event" }, { isQuick: true }),
  onEvents("P9", "the connection breaks in the middle of an event", { type: "reset", at: "mid-event", scope: "connection" }),
  onEvents("P9", "an event is garbage", { type: "corrupt", how: "garbage" }, { isQuick: true }),
  onEvents("P9", "an event is cut off", { type: "corrupt", how: "truncated" }),
  onEvents("P9", "an HTML page comes in place of an event", { type: "corrupt", how: "html" }),
  atStart("P9", "a list is garbage", "list", { type: "corrupt", how: "garbage" }),
  atStart(
    "P10",
    "429 with Retry-After 1 at the first list",
    "list",
    { type: "status", code: 429, retryAfterSeconds: 1 },
    { isQuick: true },
  ),
  onReconnect("P10", "429 without Retry-After at the watch, twice", { type: "status", code: 429 }, { times: 2 }),
  atStart("P10", "500 at the list, twice", "list", { type: "status", code: 500 }, { times: 2 }),
  onReconnect("P10", "500 at the watch", { type: "status", code: 500 }, { isQuick: true }),
  onReconnect("P10", "503 at the watch, twice", { type: "status", code: 503 }, { times: 2 }),
  onReconnect("P10", "504 at the watch", { type: "status", code: 504 }),
  onReconnect("P10", "401 at the watch", { type: "status", code: 401 }),
  onReconnect("P10", "the right to watch is taken away and given back", { type: "status", code: 403 }, { times: 2 }),
  atStart("P10", "the right to list is given late", "list", { type: "status", code: 403 }, { times: 2 }),
  atStart("P10", "the kind is not there at first", "list", { type: "status", code: 404 }, { times: 2 }),
  onReconnect("P10", "the watch is reset before its headers, twice", { type: "reset" }, { times: 2 }),
  atStart("P10", "the list is reset with its connection", "list", { type: "reset", scope: "connection" }, { isQuick: true }),
  atStart(
    "P10",
    "an HTML page with status 200 in place of a list",
    "list",
    { type: "answer", body: "<html></html>", contentType: "text/html" },
    { isQuick: true },
  ),
  atStart("P10", "{} with status 200 in place of a list", "list", { type: "answer", body: "{}" }),
  onReconnect("P10", "an HTML page with status 200 in place of a watch", {
    type: "answer",
    body: "<html></html>",
    contentType: "text/html",
  }),
  {
    id: "P10",
    name: "every watch ends at once for two seconds",
    isQuick: true,
    async run(world) {
      world.fault("watch", { type: "end" });
      world.cut();
      await change(world);
      await world.wait(2_000);
    },
  },
  {
    id: "P10",
    name: "every answer takes 400 ms",
    before: (world) => void world.fault(undefined, { type: "latency", ms: 400 }),
    async run(world) {
      await change(world);
      await world.wait(500);
    },
  },
  {
    id: "P10",
    name: "the server restarts",
    isQuick: true,
    async run(world) {
      await world.server.restart();
      await change(world);
    },
  },
  {
    id: "P10",
    name: "nobody answers for a second and a half",
    async run(world) {
      const restarting = world.server.restart({ downMs: 1_500 });
      await restarting;
      await change(world);
    },
  },
  ...[11, 12, 13].map((seed): Scenario => ({
    id: "P10",
    name: `a bad network: answers fail and events break, by chance (seed ${seed})`,
    async run(world) {
      world.fault(undefined, { type: "status", code: 503 }, { probability: 0.4, seed });
      world.fault("watch", { type: "reset", at: "mid-event" }, { event: { probability: 0.4, seed } });
      world.fault("watch", { type: "duplicate" }, { event: { probability: 0.3, seed } });
      for (const name of ["a", "d", "c", "e", "a"]) {
        await world.put(name, `seed ${seed}`);
        await world.wait(300);
      }
      await world.remove("b");
    },
  })),
  {
    id: "P11",
    name: "re-created under the same name while the watch is broken",
    isQuick: true,
    async run(world) {
      world.fault("watch", { type: "expire" }, { times: 1 });
      world.cut();
      await world.remove("b");
      await world.put("b", "another");
      await world.wait(500);
    },
  },
  {
    id: "P11",
    name: "deleted and made several times while the server is down",
    async run(world) {
      world.fault(["watch", "list"], { type: "status", code: 503 }, { times: 2 });
      world.cut();
      for (let turn = 0; turn < 3; turn += 1) {
        await world.remove("b");
        await world.put("b", String(turn));
      }
      await world.remove("c");
      await world.wait(500);
    },
  },
  ...identityScenarios,
  ...kindScenarios,
  ...lastingScenarios,
  ...wireScenarios,
];
