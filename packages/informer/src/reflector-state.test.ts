import { describe, expect, it } from "vitest";
import type { FailureKind } from "./failure.ts";
import type { ReflectorEvent } from "./reflector-event.ts";
import type { ReflectorMemory } from "./reflector-memory.ts";
import { BACKOFF_FIRST_MS, BACKOFF_LAST_MS, RETRY_AFTER_LAST_MS } from "./reflector-wait.ts";
import {
  HEALTHY_STREAM_MS,
  initialReflectorState,
  next,
  type ReflectorState,
  type ReflectorStateName,
  type Transition,
} from "./reflector-state.ts";

const memory: ReflectorMemory = { ...initialReflectorState().memory, version: "100" };
const progress = { token: "t1", version: "100" };

const states: Record<ReflectorStateName, ReflectorState> = {
  idle: { name: "idle", memory },
  waiting: { name: "waiting", memory, step: { type: "check" } },
  listing: { name: "listing", memory, progress },
  checking: { name: "checking", memory },
  opening: { name: "opening", memory },
  streaming: { name: "streaming", memory, advanced: false },
  asking: { name: "asking", memory: { ...memory, wantsWatchList: true } },
  filling: { name: "filling", memory: { ...memory, wantsWatchList: true } },
  stopped: { name: "stopped", memory },
};

const failed = (kind: FailureKind, more: { afterMs?: number; retryAfterMs?: number } = {}): ReflectorEvent => ({
  type: "failed",
  failure: { kind, retryAfterMs: more.retryAfterMs, error: "injected" },
  afterMs: more.afterMs ?? 0,
});

const events = {
  start: { type: "start" },
  elapsed: { type: "elapsed" },
  page: { type: "page", version: "100", token: "t2", isEmptied: false },
  lastPage: { type: "page", version: "100", token: undefined, isEmptied: false },
  checked: { type: "checked", version: "100" },
  opened: { type: "opened" },
  progressed: { type: "progressed", version: "101" },
  filled: { type: "filled", version: "101" },
  ended: { type: "ended", afterMs: 0, onTime: false },
  expired: failed("expired"),
  rejected: failed("rejected"),
  busy: failed("busy"),
  refused: failed("refused"),
  broken: failed("broken"),
  silent: failed("silent"),
  malformed: failed("malformed"),
  stop: { type: "stop" },
} satisfies Record<string, ReflectorEvent>;

type EventName = keyof typeof events;

/** Every cell that does something; all others must leave the state as it is and do nothing. */
const table: Record<ReflectorStateName, Partial<Record<EventName, string>>> = {
  idle: { start: "listing: list", stop: "stopped: discard" },
  waiting: { elapsed: "checking: check", stop: "stopped: discard" },
  listing: {
    page: "listing: keep, list(t2)",
    lastPage: "opening: keep, replace(100), watch(100)",
    expired: "waiting for list: discard, wait",
    rejected: "waiting for list: discard, wait",
    busy: "waiting for list(t1): wait",
    refused: "waiting for list(t1): wait",
    broken: "waiting for list(t1): wait",
    silent: "waiting for list(t1): wait",
    malformed: "waiting for list: discard, wait",
    stop: "stopped: discard",
  },
  checking: {
    checked: "opening: watch(100)",
    expired: "waiting for list: wait",
    rejected: "waiting for list: wait",
    busy: "waiting for check: wait",
    refused: "waiting for check: wait",
    broken: "waiting for check: wait",
    silent: "waiting for check: wait",
    malformed: "waiting for check: wait",
    stop: "stopped: discard",
  },
  opening: {
    opened: "streaming: read",
    expired: "listing: list",
    rejected: "waiting for list: wait",
    busy: "waiting for watch: wait",
    refused: "waiting for check: wait",
    broken: "waiting for check: wait",
    silent: "waiting for check: wait",
    malformed: "waiting for check: wait",
    stop: "stopped: discard",
  },
  streaming: {
    progressed: "streaming: read",
    ended: "waiting for check: wait",
    expired: "listing: list",
    rejected: "waiting for check: wait",
    busy: "waiting for check: wait",
    refused: "waiting for check: wait",
    broken: "waiting for check: wait",
    silent: "waiting for check: wait",
    malformed: "waiting for check: wait",
    stop: "stopped: discard",
  },
  asking: {
    opened: "filling: read",
    rejected: "listing: discard, list",
    expired: "waiting for ask: discard, wait",
    busy: "waiting for ask: discard, wait",
    refused: "waiting for ask: discard, wait",
    broken: "waiting for ask: discard, wait",
    silent: "waiting for ask: discard, wait",
    malformed: "waiting for ask: discard, wait",
    stop: "stopped: discard",
  },
  filling: {
    progressed: "filling: read",
    filled: "streaming: replace(101), read",
    ended: "waiting for ask: discard, wait",
    rejected: "listing: discard, list",
    expired: "waiting for ask: discard, wait",
    busy: "waiting for ask: discard, wait",
    refused: "waiting for ask: discard, wait",
    broken: "waiting for ask: discard, wait",
    silent: "waiting for ask: discard, wait",
    malformed: "waiting for ask: discard, wait",
    stop: "stopped: discard",
  },
  stopped: {},
};

function told({ state, actions }: Transition): string {
  const step =
    state.name === "waiting" ? ` for ${state.step.type}${state.step.type === "list" ? token(state.step.progress.token) : ""}` : "";
  const done = actions.map((action) => {
    switch (action.type) {
      case "list":
        return `list${token(action.token)}`;
      case "watch":
      case "replace":
        return `${action.type}${token(action.version)}`;
      default:
        return action.type;
    }
  });
  return `${state.name}${step}: ${done.join(", ")}`;
}

function token(value: string | undefined): string {
  return value === undefined ? "" : `(${value})`;
}

function waitOf({ actions }: Transition): { atLeastMs: number; atMostMs: number } {
  const wait = actions.find((action) => action.type === "wait");
  if (wait === undefined) throw new Error("no wait among the actions");
  return { atLeastMs: wait.atLeastMs, atMostMs: wait.atMostMs };
}

function waitAfter(retryAfterMs: number): { atLeastMs: number; atMostMs: number } {
  return waitOf(next(states.opening, failed("busy", { retryAfterMs })));
}

function run(state: ReflectorState, ...steps: readonly ReflectorEvent[]): Transition {
  let transition: Transition = { state, actions: [] };
  for (const event of steps) transition = next(transition.state, event);
  return transition;
}

describe("the reflector's state table", () => {
  const cells = (Object.keys(states) as ReflectorStateName[]).flatMap((state) =>
    (Object.keys(events) as EventName[]).map((event) => [state, event, table[state][event] ?? "–"] as const),
  );

  it.each(cells)("%s × %s gives %s", (stateName, eventName, expected) => {
    const state = states[stateName];
    const transition = next(state, events[eventName]);
    const isUnmoved = transition.state === state && transition.actions.length === 0;
    expect(isUnmoved ? "–" : told(transition)).toBe(expected);
  });

  it("ends every step's actions with the one that the next event answers", () => {
    for (const [stateName, eventName, expected] of cells) {
      if (expected === "–" || eventName === "stop") continue;
      const { actions } = next(states[stateName], events[eventName]);
      const asking = actions.filter(({ type }) => ["list", "check", "watch", "read", "wait"].includes(type));
      expect(asking, `${stateName} × ${eventName}`).toEqual(actions.slice(-1));
    }
  });
});

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

describe("a wait", () => {
  it("grows from 0.8 s to 30 s, jitter included", () => {
    const waits: { atLeastMs: number; atMostMs: number }[] = [];
    let state: ReflectorState = states.opening;
    for (let i = 0; i < 9; i += 1) {
      const transition = next(state, events.busy);
      waits.push(waitOf(transition));
      state = next(transition.state, events.elapsed).state;
    }
    expect(waits.map(({ atLeastMs }) => atLeastMs)).toEqual([800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000, 20_000]);
    expect(Math.max(...waits.map(({ atMostMs }) => atMostMs))).toBe(BACKOFF_LAST_MS);
    for (const { atLeastMs, atMostMs } of waits) expect(atMostMs).toBe(atLeastMs * 1.5);
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

  it("counts the time the stream lived, and is never shorter than the first", () => {
    const state: ReflectorState = { name: "streaming", memory: { ...memory, failures: 4 }, advanced: true };
    expect(waitOf(next(state, { type: "ended", afterMs: 10_000, onTime: false })).atLeastMs).toBe(2_800);
    expect(waitOf(next(state, { type: "ended", afterMs: 20_000, onTime: false })).atLeastMs).toBe(BACKOFF_FIRST_MS);
  });

  it("is what the server asks for in Retry-After, within reason", () => {
    expect(waitAfter(7_000)).toEqual({ atLeastMs: 7_000, atMostMs: 8_750 });
    expect(waitAfter(0).atLeastMs).toBe(BACKOFF_FIRST_MS);
    expect(waitAfter(86_400_000).atLeastMs).toBe(RETRY_AFTER_LAST_MS);
  });
});
