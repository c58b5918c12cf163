import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { DoneDeletions } from "./done-deletions.ts";

describe("DoneDeletions", () => {
  it("remembers a uid for its time to live, and longer when it comes again", async () => {
    const clock = new ManualClock();
    const done = new DoneDeletions({ ttlMs: 1000, clock });
    done.add("a");
    expect([done.has("a"), done.has("b")]).toEqual([true, false]);
    await clock.advance(999);
    expect(done.has("a")).toBe(true);
    done.add("a");
    await clock.advance(999);
    expect(done.has("a")).toBe(true);
    await clock.advance(1);
    expect(done.has("a")).toBe(false);
  });

  it("gives the memory back when others come, without a timer", async () => {
    const clock = new ManualClock();
    const done = new DoneDeletions({ ttlMs: 1000, clock });
    for (let i = 0; i < 100; i += 1) done.add(`${i}`);
    await clock.advance(500);
    done.add("late");
    await clock.advance(500);
    done.add("later");
    expect(done.size).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives the memory back also behind one that came again", async () => {
    const clock = new ManualClock();
    const done = new DoneDeletions({ ttlMs: 1000, clock });
    done.add("again");
    done.add("once");
    await clock.advance(900);
    done.add("again");
    await clock.advance(900);
    done.add("later");
    expect([done.size, done.has("again")]).toEqual([2, true]);
  });
});
