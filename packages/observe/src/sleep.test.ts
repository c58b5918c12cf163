import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { sleep } from "./sleep.ts";
import { ManualClock } from "./testing/manual-clock.ts";

describe("sleep", () => {
  it("ends when its time has come, and not before", async () => {
    const clock = new ManualClock();
    let woke = false;
    const sleeping = sleep(100, { clock }).then(() => (woke = true));
    await clock.advance(99);
    expect(woke).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(woke).toBe(true);
  });

  it("rejects with the signal's reason and leaves no timer", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const sleeping = sleep(100, { clock, signal: controller.signal });
    controller.abort(new Error("stop"));
    await expect(sleeping).rejects.toThrow("stop");
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not start when the signal is aborted already", async () => {
    const clock = new ManualClock();
    await expect(sleep(100, { clock, signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("ManualClock", () => {
  it("fires timers in the order they are due, ties in the order they were set", async () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push("b"));
    clock.setTimer(10, () => fired.push("a"));
    clock.setTimer(20, () => fired.push("c"));
    await clock.advance(20);
    expect(fired).toEqual(["a", "b", "c"]);
  });

  it("fires what a timer sets on the way, at its own time", async () => {
    const clock = new ManualClock();
    const at: number[] = [];
    clock.setTimer(10, () => clock.setTimer(5, () => at.push(clock.monotonicMs())));
    await clock.advance(100);
    expect(at).toEqual([15]);
    expect(clock.monotonicMs()).toBe(100);
  });

  it("goes to the next timer, if there is one", async () => {
    const clock = new ManualClock();
    expect(await clock.advanceToNext()).toBe(false);
    clock.setTimer(30, () => {});
    expect(await clock.advanceToNext({ untilMs: 29 })).toBe(false);
    expect(clock.monotonicMs()).toBe(0);
    expect(await clock.advanceToNext({ untilMs: 30 })).toBe(true);
    expect(clock.monotonicMs()).toBe(30);
  });

  it("jumps the wall clock without touching what is measured", async () => {
    const clock = new ManualClock({ startMs: 1_000 });
    clock.jumpWallClock(3_600_000);
    expect(clock.now()).toBe(3_601_000);
    expect(clock.monotonicMs()).toBe(0);
  });
});

describe("systemClock", () => {
  it("waits for a delay longer than setTimeout can hold, instead of firing at once", async () => {
    let fired = false;
    const timer = systemClock.setTimer(2 ** 31 + 1_000, () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    timer.cancel();
    expect(fired).toBe(false);
  });
});
