import { describe, expect, it } from "vitest";
import { next, type ReflectorStateName } from "./reflector-state.ts";
import { events, states, told, type EventName } from "./testing/reflector-steps.ts";

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
