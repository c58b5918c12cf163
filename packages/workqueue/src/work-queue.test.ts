import { getEventListeners } from "node:events";
import type { Metrics } from "@operatorkit/observe";
import { ManualClock } from "@operatorkit/observe/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { perKeyBackoff } from "./rate-limiter.ts";
import { WorkQueue } from "./work-queue.ts";

/** Takes every key that waits and ends its turn. */
function takeAll(queue: WorkQueue): string[] {
  const keys: string[] = [];
  for (let key = queue.tryTake(); key !== undefined; key = queue.tryTake()) {
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

/** Notes that `taken` went before the first key of each lower priority; returns how often one of them was overtaken by now. */
function overtake(waiting: Map<string, { priority: number; overtaken: number }>, taken: string): number {
  const { priority } = waiting.get(taken) ?? { priority: Number.NaN };
  waiting.delete(taken);
  const seen = new Set<number>();
  let most = 0;
  for (const item of waiting.values()) {
    // Those behind the first of a priority wait for it as well, which is not being overtaken.
    if (item.priority < priority && !seen.has(item.priority)) most = Math.max(most, (item.overtaken += 1));
    seen.add(item.priority);
  }
  return most;
}

/** The last value of each gauge, and the sum of all else. */
function recordingMetrics(): { readonly metrics: Metrics; readonly samples: Map<string, number> } {
  const samples = new Map<string, number>();
  const record = (name: string): { add(n: number): void; set(n: number): void; observe(n: number): void; remove(): void } => ({
    remove() {},
    add: (n) => void samples.set(name, (samples.get(name) ?? 0) + n),
    set: (n) => void samples.set(name, n),
    observe: (n) => void samples.set(name, (samples.get(name) ?? 0) + n),
  });
  const metrics: Metrics = {
    counter: ({ name }) => record(name),
    gauge: ({ name }) => record(name),
    histogram: ({ name }) => record(name),
  };
  return { metrics, samples };
}

describe("WorkQueue", () => {
  it("hands out each key once, in the order they were first added", () => {
    const queue = new WorkQueue();
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
    expect(queue.size).toBe(3);
    expect(takeAll(queue)).toEqual(["a", "b", "c"]);
    expect([queue.size, queue.running]).toEqual([0, 0]);
  });

  it("holds a key back until it is done, and collapses what happened meanwhile into one turn", () => {
    const queue = new WorkQueue();
    queue.add("a");
    expect(queue.tryTake()).toBe("a");
    queue.add("a");
    queue.add("a");
    expect([queue.tryTake(), queue.size, queue.running]).toEqual([undefined, 0, 1]);
    queue.done("a");
    expect(queue.tryTake()).toBe("a");
    queue.done("a");
    expect(queue.tryTake()).toBeUndefined();
  });

  it("refuses the end of a turn that did not begin", () => {
    const queue = new WorkQueue();
    expect(() => queue.done("a")).toThrow(/end the turn of key a/);
    queue.add("a");
    expect(() => queue.done("a")).toThrow(/not taken/);
  });

  it("take waits for a key, and takers are served in turn", async () => {
    const queue = new WorkQueue();
    const first = queue.take();
    const second = queue.take();
    queue.add("a");
    queue.add("b");
    expect([await first, await second]).toEqual(["a", "b"]);
    expect(queue.running).toBe(2);
  });

  it("take ends with its signal, and a taker that left gets no key", async () => {
    const queue = new WorkQueue();
    const controller = new AbortController();
    const left = queue.take({ signal: controller.signal }).catch((error: unknown) => error);
    const stays = queue.take();
    controller.abort(new Error("enough"));
    expect(await left).toEqual(new Error("enough"));
    queue.add("a");
    expect(await stays).toBe("a");
    await expect(queue.take({ signal: controller.signal })).rejects.toThrow("enough");
  });

  it("leaves nothing on the signal of a take that got its key", async () => {
    const queue = new WorkQueue();
    const { signal } = new AbortController();
    const taking = queue.take({ signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    queue.add("a");
    expect(await taking).toBe("a");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  describe("with priorities", () => {
    it("hands out higher ones first, each in its order", () => {
      const queue = new WorkQueue();
      queue.add("low-1", { priority: -100 });
      queue.add("normal-1");
      queue.add("high-1", { priority: 100 });
      queue.add("low-2", { priority: -100 });
      queue.add("normal-2");
      expect(takeAll(queue)).toEqual(["high-1", "normal-1", "normal-2", "low-1", "low-2"]);
    });

    it("raises a waiting key, and never lowers it", () => {
      const queue = new WorkQueue();
      queue.add("a", { priority: -1 });
      queue.add("b", { priority: -1 });
      queue.add("c");
      queue.add("b", { priority: 5 });
      queue.add("c", { priority: -1 });
      expect(queue.size).toBe(3);
      expect(takeAll(queue)).toEqual(["b", "c", "a"]);
    });

    it("forgets the priority a key ran with", () => {
      const queue = new WorkQueue();
      queue.add("a", { priority: 5 });
      queue.tryTake();
      queue.add("b", { priority: 1 });
      queue.add("a");
      queue.done("a");
      expect(takeAll(queue)).toEqual(["b", "a"]);
    });

    it("keeps the highest priority a key was added with while it ran", () => {
      const queue = new WorkQueue();
      queue.add("a", { priority: 9 });
      queue.tryTake();
      queue.add("a", { priority: -1 });
      queue.add("a", { priority: 1 });
      queue.add("b");
      queue.done("a");
      expect(takeAll(queue)).toEqual(["a", "b"]);
    });

    it.each([0, 1, 3, 10])("lets at most %i higher keys overtake the first lower one", (maxOvertakes) => {
      const queue = new WorkQueue({ maxOvertakes });
      for (let i = 0; i < 100; i += 1) queue.add(`high-${i}`, { priority: 1 });
      for (let i = 0; i < 5; i += 1) queue.add(`low-${i}`, { priority: -1 });
      const order = takeAll(queue).map((key) => key.startsWith("low"));
      expect(order.slice(0, (maxOvertakes + 1) * 5)).toEqual(
        Array.from({ length: (maxOvertakes + 1) * 5 }, (_, i) => i % (maxOvertakes + 1) === maxOvertakes),
      );
    });

    it("bounds how often the first key of any priority is overtaken, whatever is added, raised and taken", () => {
      const step = fc.oneof(
        fc.record({ key: fc.nat(15), priority: fc.integer({ min: -2, max: 2 }) }),
        fc.constant("take" as const),
        fc.constant("take" as const),
      );
      fc.assert(
        fc.property(fc.nat(4), fc.array(step, { maxLength: 200, size: "max" }), (maxOvertakes, steps) => {
          const queue = new WorkQueue({ maxOvertakes });
          const model = new Map<string, { priority: number; overtaken: number }>();
          let most = 0;
          for (const each of steps) {
            if (each === "take") {
              const taken = queue.tryTake();
              if (taken !== undefined) {
                queue.done(taken);
                most = Math.max(most, overtake(model, taken));
              }
            } else {
              const key = `${each.key}`;
              queue.add(key, { priority: each.priority });
              const known = model.get(key);
              if (known === undefined || known.priority < each.priority) {
                model.delete(key);
                model.set(key, { priority: each.priority, overtaken: 0 });
              }
            }
            expect(queue.size).toBe(model.size);
          }
          expect(most).toBeLessThanOrEqual(maxOvertakes);
        }),
      );
    });
  });

  describe("with delays", () => {
    it("hands a key out when it is due, not before, and has one timer", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      queue.addAfter("a", 100);
      queue.addAfter("b", 50);
      expect([queue.delayed, queue.size, clock.pendingTimers]).toEqual([2, 0, 1]);
      await clock.advance(50);
      expect(takeAll(queue)).toEqual(["b"]);
      await clock.advance(50);
      expect(takeAll(queue)).toEqual(["a"]);
      expect(clock.pendingTimers).toBe(0);
    });

    it("keeps the earlier of two delays, and a turn without delay fulfils both", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      queue.addAfter("a", 50);
      queue.addAfter("a", 100);
      await clock.advance(50);
      expect(takeAll(queue)).toEqual(["a"]);
      queue.addAfter("b", 50);
      queue.add("b");
      queue.addAfter("b", 10);
      expect([queue.delayed, clock.pendingTimers]).toEqual([0, 0]);
      await clock.advance(500);
      expect(takeAll(queue)).toEqual(["b"]);
    });

    it("keeps the priority of the delay that counts", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      queue.addAfter("a", 10, { priority: 5 });
      queue.addAfter("a", 100, { priority: -5 });
      queue.add("b");
      await clock.advance(10);
      expect(takeAll(queue)).toEqual(["a", "b"]);
      await queue.shutDown();
    });

    it("a key that becomes due while it runs has a turn afterwards", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      queue.add("a");
      queue.tryTake();
      queue.addAfter("a", 10);
      await clock.advance(10);
      expect(queue.tryTake()).toBeUndefined();
      queue.done("a");
      expect(takeAll(queue)).toEqual(["a"]);
    });

    it("hands every key out when it is due and not before, whatever is added, delayed, taken and ended in between", async () => {
      const key = fc.integer({ min: 0, max: 5 }).map((n) => `key-${n}`);
      const ms = fc.integer({ min: 0, max: 40 });
      const command = fc.oneof(
        fc.record({ type: fc.constant("add" as const), key }),
        fc.record({ type: fc.constant("addAfter" as const), key, ms }),
        fc.record({ type: fc.constant("take" as const) }),
        fc.record({ type: fc.constant("done" as const) }),
        fc.record({ type: fc.constant("advance" as const), ms }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 120, size: "max" }), async (commands) => {
          const clock = new ManualClock();
          const queue = new WorkQueue({ clock });
          /** When each key is to have its next turn. */
          const owed = new Map<string, number>();
          const held: string[] = [];
          const owe = (of: string, atMs: number): void => void owed.set(of, Math.min(owed.get(of) ?? atMs, atMs));
          const take = (): void => {
            const taken = queue.tryTake();
            const nowMs = clock.monotonicMs();
            const ready = [...owed].filter(([of, dueMs]) => dueMs <= nowMs && !held.includes(of)).map(([of]) => of);
            expect(taken === undefined ? ready.length === 0 : ready.includes(taken)).toBe(true);
            if (taken === undefined) return;
            owed.delete(taken);
            held.push(taken);
          };
          const done = (): void => {
            const ended = held.shift();
            if (ended !== undefined) queue.done(ended);
          };
          const untilNothingIsLeft = Array.from(
            { length: 20 },
            () => [{ type: "advance", ms: 40 }, { type: "done" }, { type: "take" }] as const,
          );
          for (const each of [...commands, ...untilNothingIsLeft.flat()]) {
            if (each.type === "add") {
              owe(each.key, clock.monotonicMs());
              queue.add(each.key);
            } else if (each.type === "addAfter") {
              owe(each.key, clock.monotonicMs() + each.ms);
              queue.addAfter(each.key, each.ms);
            } else if (each.type === "take") take();
            else if (each.type === "done") done();
            else await clock.advance(each.ms);
          }
          while (held.length > 0) done();
          expect([[...owed], queue.size, queue.delayed, queue.running, clock.pendingTimers]).toEqual([[], 0, 0, 0, 0]);
        }),
        { numRuns: 200 },
      );
    });

    it("refuses a delay that is no number, and keeps nothing of it", () => {
      const queue = new WorkQueue({ clock: new ManualClock() });
      expect(() => queue.addAfter("a", Number.NaN)).toThrow("WorkQueue: delayMs: NaN must be a number");
      expect([queue.size, queue.delayed]).toEqual([0, 0]);
    });

    it("counts a delay of nothing as none", () => {
      const queue = new WorkQueue();
      queue.addAfter("a", 0);
      expect(takeAll(queue)).toEqual(["a"]);
    });

    it("puts failures off for longer each time, until they are forgotten", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock, rateLimiter: perKeyBackoff({ baseMs: 100, maxMs: 250 }) });
      const delays: number[] = [];
      for (let i = 0; i < 4; i += 1) {
        delays.push(queue.addRateLimited("a"));
        await clock.advance(delays.at(-1) ?? 0);
        expect(takeAll(queue)).toEqual(["a"]);
      }
      expect(delays).toEqual([100, 200, 250, 250]);
      expect(queue.failures("a")).toBe(4);
      queue.forget("a");
      expect(queue.addRateLimited("a")).toBe(100);
      expect(queue.addRateLimited("b", { atLeastMs: 5000 })).toBe(5000);
      expect(queue.addRateLimited("c", { atLeastMs: 1 })).toBe(100);
      await queue.shutDown();
    });
  });

  describe("shut down", () => {
    it("forgets what waits and is delayed, lets takers go, and resolves when every turn has ended", async () => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock });
      for (const key of ["a", "b"]) queue.add(key);
      queue.addAfter("c", 10);
      queue.tryTake();
      queue.add("a");
      let ended = false;
      const end = queue.shutDown().then(() => (ended = true));
      expect(await queue.take()).toBeUndefined();
      queue.add("d");
      queue.addAfter("e", 1);
      expect([queue.size, queue.delayed, ended, queue.isShutDown]).toEqual([0, 0, false, true]);
      queue.done("a");
      await end;
      expect([queue.tryTake(), queue.running, clock.pendingTimers]).toEqual([undefined, 0, 0]);
    });

    it("lets a turn end whose key is delayed again", async () => {
      const queue = new WorkQueue({ clock: new ManualClock() });
      queue.add("a");
      queue.tryTake();
      queue.addAfter("a", 10);
      const ended = queue.shutDown();
      queue.done("a");
      await ended;
      expect([queue.running, queue.delayed]).toEqual([0, 0]);
    });

    it("with drain hands out what waits, second turns too, and holds takers until nothing more can come", async () => {
      const queue = new WorkQueue();
      for (const key of ["a", "b"]) queue.add(key);
      expect(queue.tryTake()).toBe("a");
      queue.add("a");
      const end = queue.shutDown({ drain: true });
      queue.add("late");
      expect(queue.tryTake()).toBe("b");
      const next = queue.take();
      queue.done("b");
      queue.done("a");
      expect(await next).toBe("a");
      const nothing = queue.take();
      queue.done("a");
      await end;
      expect(await nothing).toBeUndefined();
    });

    it("resolves at once when idle, as often as it is asked", async () => {
      const queue = new WorkQueue();
      const waiting = queue.take();
      await queue.shutDown();
      await queue.shutDown({ drain: true });
      expect(await waiting).toBeUndefined();
    });
  });

  it("takes a million keys, and gives its memory back", () => {
    const queue = new WorkQueue();
    for (let i = 0; i < 1_000_000; i += 1) queue.add(`namespace/${i}`);
    expect(queue.size).toBe(1_000_000);
    let taken = 0;
    for (let key = queue.tryTake(); key !== undefined; key = queue.tryTake()) {
      if (key === `namespace/${taken}`) taken += 1;
      queue.done(key);
    }
    expect([taken, queue.size, queue.running]).toEqual([1_000_000, 0, 0]);
    for (const key of ["b", "a", "b"]) queue.add(key);
    expect(takeAll(queue)).toEqual(["b", "a"]);
  });

  it("counts under client-go's names", async () => {
    const { metrics, samples } = recordingMetrics();
    const clock = new ManualClock();
    const queue = new WorkQueue({ name: "echo", clock, metrics, rateLimiter: perKeyBackoff() });
    queue.add("a");
    queue.add("a");
    queue.add("b");
    await clock.advance(2000);
    queue.tryTake();
    await clock.advance(3000);
    expect(Object.fromEntries(samples)).toEqual({
      workqueue_adds_total: 2,
      workqueue_depth: 1,
      workqueue_queue_duration_seconds: 2,
      workqueue_unfinished_work_seconds: 3,
      workqueue_longest_running_processor_seconds: 3,
    });
    queue.addRateLimited("a");
    queue.done("a");
    expect(samples.get("workqueue_work_duration_seconds")).toBe(3);
    expect(samples.get("workqueue_retries_total")).toBe(1);
    expect(samples.get("workqueue_unfinished_work_seconds")).toBe(0);
    await queue.shutDown();
    expect(samples.get("workqueue_depth")).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("knows of any number of keys how long they waited", async () => {
    const { metrics, samples } = recordingMetrics();
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, metrics });
    await clock.advance(5000);
    for (let i = 0; i < 100; i += 1) queue.add(`key-${i}`);
    await clock.advance(1000);
    takeAll(queue);
    expect(samples.get("workqueue_queue_duration_seconds")).toBe(100);
  });

  it("says how long those run that are left when one has ended", async () => {
    const { metrics, samples } = recordingMetrics();
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, metrics });
    const running = (): unknown[] =>
      ["unfinished_work", "longest_running_processor"].map((name) => samples.get(`workqueue_${name}_seconds`));
    for (const key of ["a", "b", "c"]) queue.add(key);
    queue.tryTake();
    await clock.advance(1000);
    for (let more = 0; more < 2; more += 1) queue.tryTake();
    await clock.advance(1000);
    expect(running()).toEqual([4, 2]);
    queue.done("c");
    await clock.advance(1000);
    expect(running()).toEqual([5, 3]);
    for (const key of ["a", "b"]) queue.done(key);
    expect([...running(), clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it("refuses what is no rate limiter", () => {
    const rateLimiter = { nextMs: () => 100, failures: () => 0 };
    expect(() => new WorkQueue({ name: "echo", rateLimiter: rateLimiter as never })).toThrow(
      "WorkQueue echo: rateLimiter: an object must be a RateLimiter, with nextMs, failures, forget; perKeyBackoff() makes one",
    );
  });

  it("refuses a bound that is no number", () => {
    expect(() => new WorkQueue({ maxOvertakes: -1 })).toThrow(/maxOvertakes/);
  });
});
