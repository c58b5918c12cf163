import { getEventListeners } from "node:events";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { TimeoutError, withTimeout } from "./with-timeout.ts";

function failAtOnce(): never {
  throw new Error("sync");
}

describe("withTimeout", () => {
  it("resolves with what the call returns, sync or async, and leaves no timer", async () => {
    const clock = new ManualClock();
    await expect(withTimeout(() => 1, { timeoutMs: 100, clock })).resolves.toBe(1);
    await expect(withTimeout(() => Promise.resolve(2), { timeoutMs: 100, clock })).resolves.toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with what the call throws, sync or async", async () => {
    const clock = new ManualClock();
    await expect(withTimeout(failAtOnce, { timeoutMs: 100, clock })).rejects.toThrow("sync");
    await expect(withTimeout(() => Promise.reject(new Error("async")), { timeoutMs: 100, clock })).rejects.toThrow("async");
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects when the time is up, even when the call ignores its signal", async () => {
    const clock = new ManualClock();
    let given: AbortSignal | undefined;
    const result = withTimeout(
      (signal) => {
        given = signal;
        return new Promise<never>(() => {});
      },
      { timeoutMs: 100, clock, what: "reconcile default/echo" },
    );
    const failure = result.catch((error: unknown) => error);
    await clock.advance(100);
    expect(await failure).toEqual(new TimeoutError("reconcile default/echo took longer than 100 ms", 100));
    expect(given?.reason).toBeInstanceOf(TimeoutError);
  });

  it("rejects with the outer signal's reason and passes it on", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    let given: AbortSignal | undefined;
    const result = withTimeout((signal) => ((given = signal), new Promise<never>(() => {})), {
      timeoutMs: 100,
      clock,
      signal: controller.signal,
    });
    const failure = result.catch((error: unknown) => error);
    await clock.advance(1);
    controller.abort(new Error("enough"));
    expect(await failure).toEqual(new Error("enough"));
    expect(given?.reason).toEqual(new Error("enough"));
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no listener on the outer signal, however it ends", async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    await withTimeout(() => 1, { timeoutMs: 10, clock, signal });
    await withTimeout(() => Promise.reject(new Error("no")), { timeoutMs: 10, clock, signal }).catch(() => {});
    const late = withTimeout(() => new Promise(() => {}), { timeoutMs: 10, clock, signal }).catch(() => {});
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await clock.advance(10);
    await late;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("swallows a failure that comes after the deadline", async () => {
    const clock = new ManualClock();
    const result = withTimeout((signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("late")))), {
      timeoutMs: 10,
      clock,
    });
    const failure = result.catch((error: unknown) => error);
    await clock.advance(10);
    expect(await failure).toBeInstanceOf(TimeoutError);
  });

  it("sets no timer for an infinite time, and calls nothing once aborted", async () => {
    const clock = new ManualClock();
    let calls = 0;
    await expect(withTimeout(() => clock.pendingTimers, { timeoutMs: Number.POSITIVE_INFINITY, clock })).resolves.toBe(0);
    await expect(withTimeout(() => (calls += 1), { timeoutMs: 1, clock, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    expect(calls).toBe(0);
  });

  it("refuses a negative time", () => {
    expect(() => withTimeout(() => 1, { timeoutMs: -1 })).toThrow(/timeoutMs/);
  });
});
