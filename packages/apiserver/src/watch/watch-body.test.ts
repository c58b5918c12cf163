import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { Store } from "../store/store.ts";
import { eventsOf } from "../testing/raw-api.ts";
import { WatchBody, type WatchBodyOptions } from "./watch-body.ts";

interface Fixture {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly put: (name: string) => void;
  readonly watch: (options?: Partial<WatchBodyOptions>) => WatchBody;
}

function fixture(historySize = 100): Fixture {
  const store = new Store({ historySize });
  const clock = new ManualClock();
  const collection = store.collection("a");
  return {
    store,
    clock,
    put: (name) => void collection.put("", name, { metadata: { name } }),
    watch: (options = {}) =>
      new WatchBody({
        collection,
        clock,
        matches: () => true,
        after: store.version,
        initial: [],
        marksInitialEnd: false,
        bookmarks: false,
        deadlineMs: 300_000,
        signal: undefined,
        currentVersion: () => store.version,
        encode: ({ name }, version) => JSON.stringify({ name, version }),
        bookmark: (version, initialEventsEnd) => ({ version, initialEventsEnd }),
        ...options,
      }),
  };
}

async function nextEvents(body: WatchBody): Promise<readonly unknown[] | "end"> {
  const { done, value } = await body.next();
  return done === true
    ? "end"
    : eventsOf(new TextDecoder().decode(value)).map(({ type, object }) => [type, object?.["name"] ?? object?.["code"] ?? "bookmark"]);
}

describe("WatchBody", () => {
  it("sends what happened since its version in one piece, then waits for more", async () => {
    const { put, watch } = fixture();
    put("a");
    const body = watch();
    put("b");
    put("b");
    expect(await nextEvents(body)).toEqual([
      ["ADDED", "b"],
      ["MODIFIED", "b"],
    ]);
    const waiting = nextEvents(body);
    put("c");
    expect(await waiting).toEqual([["ADDED", "c"]]);
    await body.return();
  });

  it("ends at its deadline and leaves no timer", async () => {
    const { clock, watch } = fixture();
    const waiting = nextEvents(watch({ deadlineMs: 5_000 }));
    await clock.advance(5_000);
    expect(await waiting).toBe("end");
    expect(clock.pendingTimers).toBe(0);
  });

  it("ends when aborted and when its reader returns, even while it waits", async () => {
    const { clock, watch } = fixture();
    const stop = new AbortController();
    const aborted = nextEvents(watch({ signal: stop.signal }));
    stop.abort();
    expect(await aborted).toBe("end");
    const body = watch();
    const returned = nextEvents(body);
    await body.return();
    expect(await returned).toBe("end");
    expect(clock.pendingTimers).toBe(0);
  });

  it("holds nothing while nobody reads", () => {
    const { clock, watch } = fixture();
    watch();
    expect(clock.pendingTimers).toBe(0);
  });

  it("tells a reader that fell behind the history that its version expired, and ends", async () => {
    const { put, watch } = fixture(2);
    const body = watch();
    for (const name of ["a", "b", "c"]) put(name);
    expect(await nextEvents(body)).toEqual([["ERROR", 410]]);
    expect(await nextEvents(body)).toBe("end");
  });

  it("expires at once when its version is compacted", async () => {
    const { store, put, watch } = fixture();
    put("a");
    store.compact();
    expect(await nextEvents(watch({ after: 1 }))).toEqual([["ERROR", 410]]);
  });

  it("skips what is older than a version in the future", async () => {
    const { store, put, watch } = fixture();
    const body = watch({ after: store.version + 1 });
    put("a");
    put("b");
    expect(await nextEvents(body)).toEqual([["ADDED", "b"]]);
    await body.return();
  });

  it("bookmarks every minute and two seconds before its end", async () => {
    const { clock, put, watch } = fixture();
    const body = watch({ bookmarks: true, deadlineMs: 90_000 });
    put("a");
    expect(await nextEvents(body)).toEqual([["ADDED", "a"]]);
    const first = nextEvents(body);
    await clock.advance(60_000);
    expect(await first).toEqual([["BOOKMARK", "bookmark"]]);
    const second = nextEvents(body);
    await clock.advance(28_000);
    expect(await second).toEqual([["BOOKMARK", "bookmark"]]);
    const end = nextEvents(body);
    await clock.advance(2_000);
    expect(await end).toBe("end");
  });

  it("marks the end of the initial state", async () => {
    const { store, watch } = fixture();
    const initial = [{ namespace: "", name: "x", version: 1, object: {} }];
    const body = watch({ initial, marksInitialEnd: true, after: store.version });
    expect(await nextEvents(body)).toEqual([
      ["ADDED", "x"],
      ["BOOKMARK", "bookmark"],
    ]);
    await body.return();
  });

  it("ends when its kind is gone", async () => {
    const { store, watch } = fixture();
    const waiting = nextEvents(watch());
    store.drop("a");
    expect(await waiting).toBe("end");
  });
});
