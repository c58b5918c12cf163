import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { poll } from "./poll.ts";
import { TimeoutError } from "./with-timeout.ts";

describe("poll", () => {
  it("looks at once, then at each interval, and resolves with what it found", async () => {
    const clock = new ManualClock();
    const looks: number[] = [];
    const found = poll(
      () => {
        looks.push(clock.monotonicMs());
        return looks.length === 3 ? { ready: 0 } : undefined;
      },
      { intervalMs: 100, clock },
    );
    await clock.advance(1000);
    await expect(found).resolves.toEqual({ ready: 0 });
    expect(looks).toEqual([0, 100, 200]);
  });

  it("counts 0 and the empty string as found, and false and null as not yet", async () => {
    const clock = new ManualClock();
    const answers = [false, null, 0];
    const found = poll(() => answers.shift(), { intervalMs: 10, clock });
    await clock.advance(100);
    await expect(found).resolves.toBe(0);
    await expect(poll(() => "", { intervalMs: 10, clock })).resolves.toBe("");
  });

  it("looks a last time when the time is up, then says what it waited for", async () => {
    const clock = new ManualClock();
    const looks: number[] = [];
    const found = poll(() => void looks.push(clock.monotonicMs()), { intervalMs: 100, timeoutMs: 250, clock, what: "echo to be ready" });
    const failure = found.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await failure).toEqual(new TimeoutError("wait for echo to be ready: not so after 250 ms", 250));
    expect(looks).toEqual([0, 100, 200, 250]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with what the look throws", async () => {
    await expect(
      poll(
        () => {
          throw new Error("gone");
        },
        { intervalMs: 1 },
      ),
    ).rejects.toThrow("gone");
  });

  it("ends with its signal", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const failure = poll(() => false, { intervalMs: 100, clock, signal: controller.signal }).catch((error: unknown) => error);
    await clock.advance(150);
    controller.abort(new Error("enough"));
    expect(await failure).toEqual(new Error("enough"));
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["intervalMs", { intervalMs: -1 }],
    ["timeoutMs", { intervalMs: 1, timeoutMs: Number.NaN }],
  ])("refuses a %s that cannot work", async (field, options) => {
    await expect(poll(() => true, options)).rejects.toThrow(field);
  });
});
