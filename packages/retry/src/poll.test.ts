import { sleep } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { poll } from "./poll.ts";
import { TriesError } from "./tries-error.ts";
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

  it("gives up after its tries, and says how many they were", async () => {
    const clock = new ManualClock();
    let looks = 0;
    const failure = poll(() => void (looks += 1), { intervalMs: 100, maxTries: 3, clock, what: "echo" }).catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await failure).toEqual(new TriesError("wait for echo: not so after 3 tries", 3));
    expect([looks, clock.pendingTimers, clock.monotonicMs()]).toEqual([3, 0, 1000]);
  });

  it.each([
    [false, [0, 130, 380, 480, 580]],
    [true, [0, 100, 250, 300, 400]],
  ])("adds what a look takes to the interval, unless it looks on ticks: onTicks %s", async (onTicks, expected) => {
    const clock = new ManualClock();
    const looks: number[] = [];
    const takesMs = [30, 150, 0, 0, 0];
    const found = poll(
      async () => {
        const ms = takesMs[looks.length] ?? 0;
        looks.push(clock.monotonicMs());
        await sleep(ms, { clock });
        return looks.length === 5;
      },
      { intervalMs: 100, onTicks, clock },
    );
    for (let step = 0; step < 100; step += 1) await clock.advance(10);
    await found;
    expect(looks).toEqual(expected);
  });

  it("makes several ticks that passed during a look up by one look", async () => {
    const clock = new ManualClock();
    const looks: number[] = [];
    const found = poll(
      async () => {
        looks.push(clock.monotonicMs());
        if (looks.length === 1) await sleep(350, { clock });
        return looks.length === 3;
      },
      { intervalMs: 100, onTicks: true, clock },
    );
    for (let step = 0; step < 100; step += 1) await clock.advance(10);
    await found;
    expect(looks).toEqual([0, 350, 400]);
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
    ["maxTries", { intervalMs: 1, maxTries: 0 }],
  ])("refuses a %s that cannot work", async (field, options) => {
    await expect(poll(() => true, options)).rejects.toThrow(field);
  });
});
