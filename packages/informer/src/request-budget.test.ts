import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { RequestBudget } from "./request-budget.ts";

describe("a request budget", () => {
  it("lets a burst through, and then never more than its number in its time", async () => {
    const clock = new ManualClock();
    const budget = new RequestBudget({ clock, requests: 3, perMs: 100 });
    const starts: number[] = [];
    for (let i = 0; i < 10; i += 1) starts.push(clock.monotonicMs() + budget.take());
    expect(starts).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200, 300]);
    await clock.advance(1_000);
    expect(budget.take()).toBe(0);
  });
});
