import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { RequestBudget } from "./request-budget.ts";

describe("a request budget", () => {
  it("lets a burst through, and then never more than its number in its time", async () => {
    const clock = new ManualClock();
    const budget = new RequestBudget({ clock, requests: 3, perMs: 100 });
    const { signal } = new AbortController();
    const starts: number[] = [];
    for (let i = 0; i < 10; i += 1) void budget.spend({ signal }).then(() => starts.push(clock.monotonicMs()));
    await clock.advance(1_000);
    expect(starts).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200, 300]);
    expect(await budget.spend({ signal })).toBe(true);
  });

  it("gives nothing to who was stopped, before or while waiting", async () => {
    const clock = new ManualClock();
    const budget = new RequestBudget({ clock, requests: 1, perMs: 100 });
    const stop = new AbortController();
    expect(await budget.spend({ signal: stop.signal })).toBe(true);
    const waiting = budget.spend({ signal: stop.signal });
    stop.abort();
    expect(await waiting).toBe(false);
    expect(await budget.spend({ signal: stop.signal })).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });
});
