import { describe, expect, it } from "vitest";
import type { ReflectorMemory } from "./reflector-memory.ts";
import { HEALTHY_STREAM_MS, initialReflectorState, next, type ReflectorState } from "./reflector-state.ts";
import { events, failed, memory, run, states, told } from "./testing/reflector-steps.ts";

describe("a list", () => {
  const first = { type: "page", version: "100", token: "t1", isEmptied: false } as const;
  const listing = next(initialReflectorState(), { type: "start" }).state;

  it("begins with a WatchList when that is wanted", () => {
    expect(told(next(initialReflectorState({ wantsWatchList: true }), { type: "start" }))).toBe("asking: watch");
  });

  it("is watched from its first page's version, at which nothing is missed", () => {
    expect(told(run(listing, first, { type: "page", version: "105", token: undefined, isEmptied: false }))).toBe(
      "opening: keep, replace(100), watch(100)",
    );
  });

  it("keeps the pages already read when the next one fails", () => {
    expect(told(run(listing, first, events.broken))).toBe("waiting for list(t1): wait");
    expect(told(run(listing, first, events.broken, events.elapsed))).toBe("listing: list(t1)");
  });

  it("is read in one piece after its continue token expired, until it succeeds", () => {
    const again = run(listing, first, events.expired, events.elapsed);
    expect(again.actions).toEqual([{ type: "list", token: undefined, paged: false, slowLists: 0 }]);
    expect(run(again.state, events.broken, events.elapsed).actions[0]).toMatchObject({ paged: false });
    expect(run(again.state, events.lastPage).state.memory.isUnpaged).toBe(false);
  });

  it("is given more time after it was too slow", () => {
    expect(run(listing, events.silent, events.elapsed).actions[0]).toMatchObject({ slowLists: 1 });
    expect(run(listing, events.silent, events.elapsed, events.lastPage).state.memory.slowLists).toBe(0);
  });

  it.each([
    ["names the page it is as the next one", { type: "page", version: "100", token: "t1", isEmptied: false } as const],
    ["goes back to an older version", { type: "page", version: "99", token: "t2", isEmptied: false } as const],
    ["has a page without a version", { type: "page", version: "", token: "t2", isEmptied: false } as const],
  ])("is begun again when it %s", (_, event) => {
    expect(told(run(listing, first, event))).toBe("waiting for list: discard, wait");
  });

  it("that is older than the copy is believed the second time in a row", () => {
    const older = { type: "page", version: "7", token: undefined, isEmptied: false } as const;
    const relisting: ReflectorState = { name: "listing", memory, progress: { token: undefined, version: undefined } };
    const once = next(relisting, older);
    expect(told(once)).toBe("waiting for list: discard, wait");
    expect(once.actions.at(-1)).toMatchObject({ type: "wait", error: "the server is at version 7, older than the copy's 100" });
    const twice = run(once.state, events.elapsed, older);
    expect(twice.actions).toContainEqual({ type: "replace", version: "7", isReset: true });
    expect(twice.state.memory).toMatchObject({ version: "7", suspicions: 0 });
  });

  it("that is empty, though the copy is not, is believed the second time in a row", () => {
    const emptied = { type: "page", version: "200", token: undefined, isEmptied: true } as const;
    const relisting: ReflectorState = { name: "listing", memory, progress: { token: undefined, version: undefined } };
    const once = next(relisting, emptied);
    expect(told(once)).toBe("waiting for list: discard, wait");
    expect(told(run(once.state, events.elapsed, emptied))).toBe("opening: keep, replace(200), watch(200)");
    expect(told(run(once.state, events.elapsed, { ...emptied, isEmptied: false }))).toBe("opening: keep, replace(200), watch(200)");
  });
});

describe("a check", () => {
  const older = { type: "checked", version: "99" } as const;

  it("that finds an older server looks again, and then lists from scratch", () => {
    const once = next(states.checking, older);
    expect(told(once)).toBe("waiting for check: wait");
    const twice = run(once.state, events.elapsed, older);
    expect(told(twice)).toBe("listing: list");
    expect(told(next(twice.state, { type: "page", version: "99", token: undefined, isEmptied: false }))).toBe(
      "opening: keep, replace(99), watch(99)",
    );
  });

  it("forgets its suspicion when the server has caught up", () => {
    expect(run(states.checking, older, events.elapsed, events.checked).state.memory.suspicions).toBe(0);
  });

  it("looks again when the answer has no version", () => {
    expect(told(next(states.checking, { type: "checked", version: "" }))).toBe("waiting for check: wait");
  });
});

describe("a stream", () => {
  const long = HEALTHY_STREAM_MS;

  it("that ended at its own time is opened again at once, where it was", () => {
    const after = run(states.streaming, events.progressed, { type: "ended", afterMs: long, onTime: true });
    expect(told(after)).toBe("opening: watch(101)");
  });

  it("that ended early is checked on, however long it lived", () => {
    expect(told(next(states.streaming, { type: "ended", afterMs: long, onTime: false }))).toBe("waiting for check: wait");
    expect(told(next(states.streaming, { type: "ended", afterMs: 5, onTime: true }))).toBe("waiting for check: wait");
  });

  it.each(["ended", "broken", "malformed", "silent"] as const)("that brought nothing twice in a row (%s) means a new list", (event) => {
    const once = next(states.streaming, events[event]);
    expect(told(once)).toBe("waiting for check: wait");
    expect(told(run(once.state, events.elapsed, events.checked, events.opened, events[event]))).toBe("waiting for list: wait");
  });

  it("that brought something starts that count over", () => {
    const fruitless: ReflectorState = { name: "streaming", memory: { ...memory, fruitless: 1 }, advanced: false };
    expect(run(fruitless, events.progressed, events.broken).state.memory.fruitless).toBe(0);
  });

  it("that was merely quiet for a while is not fruitless, one that went silent is", () => {
    expect(next(states.streaming, failed("broken", { afterMs: long })).state.memory.fruitless).toBe(0);
    expect(next(states.streaming, failed("silent", { afterMs: long })).state.memory.fruitless).toBe(1);
  });

  it("whose watch never parses at all means a new list, too", () => {
    const once = next(states.opening, events.malformed);
    expect(told(run(once.state, events.elapsed, events.checked, events.malformed))).toBe("waiting for list: wait");
  });
});

describe("an expired version", () => {
  const expired = { ...states.opening, memory: { ...memory, hasRelisted: true } } as ReflectorState;

  it("is listed anew at once, but the next time only after a wait", () => {
    const again = run(states.opening, events.expired, events.lastPage, events.expired);
    expect(told(again)).toBe("waiting for list: wait");
  });

  it("is listed at once again after a stream has lived", () => {
    const lived = { type: "ended", afterMs: HEALTHY_STREAM_MS, onTime: true } as const;
    expect(told(run(expired, events.opened, lived, events.expired))).toBe("listing: list");
  });
});

describe("a WatchList", () => {
  it("is given up for a list when it was cut short twice", () => {
    const once = next(states.filling, events.ended);
    expect(told(run(once.state, events.elapsed, events.opened, events.broken))).toBe("waiting for list: discard, wait");
  });

  it("is not asked for again where the server rejects it", () => {
    expect(next(states.asking, events.rejected).state.memory.wantsWatchList).toBe(false);
  });
});

describe("the backoff", () => {
  it("grows with each wait in a row, and is what the server asks for when it does", () => {
    const once = next(states.opening, events.busy);
    const twice = run(once.state, events.elapsed, events.busy);
    const thrice = run(twice.state, events.elapsed, failed("busy", { retryAfterMs: 60_000 }));
    expect([once, twice, thrice].map(({ actions }) => actions)).toEqual([
      [expect.objectContaining({ type: "wait", atLeastMs: 800, step: "watch" })],
      [expect.objectContaining({ type: "wait", atLeastMs: 1_600, step: "watch" })],
      [expect.objectContaining({ type: "wait", atLeastMs: 60_000, step: "watch" })],
    ]);
  });

  it("starts over only after a stream that lived, however it ended", () => {
    const tried: ReflectorMemory = { ...memory, failures: 4 };
    const streaming: ReflectorState = { name: "streaming", memory: tried, advanced: true };
    expect(next(streaming, { type: "ended", afterMs: HEALTHY_STREAM_MS - 1, onTime: false }).state.memory.failures).toBe(5);
    expect(next(streaming, { type: "ended", afterMs: HEALTHY_STREAM_MS, onTime: false }).state.memory.failures).toBe(1);
    expect(next(streaming, failed("broken", { afterMs: HEALTHY_STREAM_MS })).state.memory.failures).toBe(1);
    const listed = next({ name: "listing", memory: tried, progress: { token: undefined, version: undefined } }, events.lastPage);
    expect(listed.state.memory.failures).toBe(4);
  });
});
