import { isApiError } from "@operatorkit/api";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { GuardedRequest } from "./guarded-request.ts";

const never = (): Promise<never> => new Promise(() => {});

function made(): { clock: ManualClock; stop: AbortController; request: GuardedRequest } {
  const clock = new ManualClock();
  const stop = new AbortController();
  return { clock, stop, request: new GuardedRequest({ clock, signal: stop.signal }) };
}

/** What became of a promise so far. */
function outcomeOf(promise: Promise<unknown>): { is: string } {
  const outcome = { is: "pending" };
  promise.then(
    (value) => (outcome.is = `resolved ${String(value)}`),
    (error: unknown) => (outcome.is = isApiError(error) ? error.code : String(error)),
  );
  return outcome;
}

describe("a guarded request", () => {
  it("gives its result or its error, and leaves no timer behind once closed", async () => {
    const { clock, request } = made();
    expect(await request.within(1_000, "get", () => Promise.resolve(7))).toBe(7);
    await expect(
      request.within(1_000, "get", () => {
        throw new Error("at once");
      }),
    ).rejects.toThrow("at once");
    request.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it("fails and aborts after silence, even when the work ignores that", async () => {
    const { clock, request } = made();
    const outcome = outcomeOf(request.within(1_000, "get", never));
    await clock.advance(999);
    expect([outcome.is, request.signal.aborted]).toEqual(["pending", false]);
    await clock.advance(1);
    expect([outcome.is, request.signal.aborted]).toEqual(["DeadlineExceeded", true]);
  });

  it("counts silence, not time: each sign of life starts the limit again", async () => {
    const { clock, request } = made();
    const outcome = outcomeOf(request.within(1_000, "get", never));
    for (let i = 0; i < 5; i += 1) {
      await clock.advance(900);
      request.alive();
    }
    expect(outcome.is).toBe("pending");
    await clock.advance(1_000);
    expect(outcome.is).toBe("DeadlineExceeded");
  });

  it("has a limit on the whole, too, where one is given: signs of life do not go on for ever", async () => {
    const { clock, request } = made();
    const outcome = outcomeOf(request.within({ silenceMs: 1_000, totalMs: 3_000 }, "get", never));
    for (let i = 0; i < 3; i += 1) {
      await clock.advance(900);
      request.alive();
    }
    await clock.advance(299);
    expect(outcome.is).toBe("pending");
    await clock.advance(1);
    expect(outcome.is).toBe("DeadlineExceeded");
  });

  it("gives each wait its own limit, a shorter one after a longer one too", async () => {
    const { clock, request } = made();
    await request.within(60_000, "open", () => Promise.resolve());
    const outcome = outcomeOf(request.within(1_000, "read", never));
    await clock.advance(1_000);
    expect(outcome.is).toBe("DeadlineExceeded");
  });

  it("does not fail between waits, however long they are apart", async () => {
    const { clock, request } = made();
    await request.within(1_000, "read", () => Promise.resolve());
    await clock.advance(100_000);
    expect(request.signal.aborted).toBe(false);
    const outcome = outcomeOf(request.within(1_000, "read", never));
    await clock.advance(999);
    expect(outcome.is).toBe("pending");
    request.close();
  });

  it("ends with the parent's reason when that is aborted, at once or before", async () => {
    const { clock, stop, request } = made();
    const outcome = outcomeOf(request.within(1_000, "get", never));
    stop.abort(new Error("stop"));
    await clock.advance(0);
    expect([outcome.is, request.signal.aborted]).toEqual(["Error: stop", true]);
    await expect(new GuardedRequest({ clock, signal: stop.signal }).within(1_000, "get", never)).rejects.toThrow("stop");
    request.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives what waits in the sockets a moment after the event loop stood still", () => {
    // A clock that a stalled event loop sees: the timer fires long after it was due.
    const timers: { callback: () => void; atMs: number }[] = [];
    let nowMs = 0;
    const clock = {
      now: () => nowMs,
      monotonicMs: () => nowMs,
      setTimer: (ms: number, callback: () => void) => {
        timers.push({ callback, atMs: nowMs + ms });
        return { cancel: () => {} };
      },
    };
    const request = new GuardedRequest({ clock, signal: new AbortController().signal });
    request.within(10_000, "read", never).catch(() => {});
    nowMs = 40_000;
    timers.shift()?.callback();
    expect([request.signal.aborted, timers[0]?.atMs]).toEqual([false, 45_000]);
    nowMs = 45_000;
    timers.shift()?.callback();
    expect(request.signal.aborted).toBe(true);
  });
});
