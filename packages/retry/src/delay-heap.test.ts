import { ManualClock } from "@operatorkit/observe/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DelayHeap } from "./delay-heap.ts";

function setUp(): { clock: ManualClock; due: [atMs: number, item: number][]; heap: DelayHeap } {
  const clock = new ManualClock();
  const due: [number, number][] = [];
  const heap = new DelayHeap({ clock, onDue: (items) => items.forEach((item) => due.push([clock.monotonicMs(), item])) });
  return { clock, due, heap };
}

describe("DelayHeap", () => {
  it("reports each item when it is due, soonest first", async () => {
    const { clock, due, heap } = setUp();
    heap.set(7, 300);
    heap.set(0, 100);
    heap.set(3, 200);
    await clock.advance(1000);
    expect(due).toEqual([
      [100, 0],
      [200, 3],
      [300, 7],
    ]);
    expect(heap.size).toBe(0);
  });

  it("reports ties in the order they were set", async () => {
    const { clock, due, heap } = setUp();
    for (const item of [4, 2, 0, 5, 1, 3]) heap.set(item, 50);
    await clock.advance(50);
    expect(due.map(([, item]) => item)).toEqual([4, 2, 0, 5, 1, 3]);
  });

  it("uses one timer for any number of items, and none when empty", async () => {
    const { clock, heap } = setUp();
    for (let i = 0; i < 100; i += 1) heap.set(i, 1000 - i);
    expect(clock.pendingTimers).toBe(1);
    for (let i = 0; i < 100; i += 1) heap.delete(i);
    expect(clock.pendingTimers).toBe(0);
    heap.set(1000, 5);
    await clock.advance(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it("moves an item that is set again, later and sooner", async () => {
    const { clock, due, heap } = setUp();
    heap.set(1, 100);
    heap.set(2, 150);
    heap.set(1, 200);
    heap.set(2, 50);
    await clock.advance(500);
    expect(due).toEqual([
      [50, 2],
      [200, 1],
    ]);
  });

  it("setSooner keeps the earlier of two due times", async () => {
    const { clock, due, heap } = setUp();
    heap.set(1, 100);
    expect(heap.setSooner(1, 200)).toBe(false);
    expect(heap.setSooner(1, 100)).toBe(false);
    expect(heap.setSooner(1, 40)).toBe(true);
    expect(heap.setSooner(2, 70)).toBe(true);
    await clock.advance(500);
    expect(due).toEqual([
      [40, 1],
      [70, 2],
    ]);
  });

  it("keeps its order when an item far down is deleted, and the last one belongs above its place", async () => {
    const { clock, due, heap } = setUp();
    // Four children each: 1 to 4 below 0, 5 to 8 below 1, and 9 below 2.
    for (const [item, delayMs] of [0, 100, 10, 20, 30, 101, 102, 103, 104, 11].entries()) heap.set(item, delayMs);
    heap.delete(5);
    await clock.advance(200);
    expect(due.map(([atMs, item]) => [item, atMs])).toEqual([
      [0, 0],
      [2, 10],
      [9, 11],
      [3, 20],
      [4, 30],
      [1, 100],
      [6, 102],
      [7, 103],
      [8, 104],
    ]);
  });

  it("has room at once for an item far above all others", async () => {
    const { clock, due, heap } = setUp();
    heap.set(5000, 10);
    expect(heap.has(5000)).toBe(true);
    await clock.advance(10);
    expect(due).toEqual([[10, 5000]]);
  });

  it("tells of nothing when it wakes for an item that was moved", async () => {
    const clock = new ManualClock();
    const told: (readonly number[])[] = [];
    const heap = new DelayHeap({ clock, onDue: (due) => told.push(due) });
    heap.set(1, 100);
    heap.set(1, 200);
    await clock.advance(150);
    expect(told).toEqual([]);
    await clock.advance(50);
    expect(told).toEqual([[1]]);
  });

  it("never reports from within set, not even what is due at once", async () => {
    const { clock, due, heap } = setUp();
    heap.set(1, 0);
    heap.set(2, -5);
    expect(due).toEqual([]);
    await clock.advance(0);
    expect(due.map(([, item]) => item)).toEqual([1, 2]);
  });

  it("lets onDue set the same item again", async () => {
    const clock = new ManualClock();
    let turns = 0;
    const heap: DelayHeap = new DelayHeap({
      clock,
      onDue: ([item]) => {
        turns += 1;
        if (item !== undefined && turns < 5) heap.set(item, 10);
      },
    });
    heap.set(9, 10);
    await clock.advance(100);
    expect(turns).toBe(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is not moved by the wall clock", async () => {
    const { clock, due, heap } = setUp();
    heap.set(1, 100);
    clock.jumpWallClock(-3_600_000);
    await clock.advance(100);
    expect(due).toEqual([[100, 1]]);
  });

  it("gives back what it forgets, and tells how long is left", () => {
    const { clock, heap } = setUp();
    heap.set(1, 100);
    expect(heap.remainingMs(1)).toBe(100);
    expect([heap.remainingMs(2), heap.remainingMs(100_000)]).toEqual([undefined, undefined]);
    expect(heap.clear()).toEqual([1]);
    expect([heap.has(1), heap.size, heap.delete(1)]).toEqual([false, 0, false]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("reports a great many due at once over several turns", async () => {
    const clock = new ManualClock();
    const sizes: number[] = [];
    const heap = new DelayHeap({ clock, onDue: (items) => void sizes.push(items.length) });
    for (let i = 0; i < 25_000; i += 1) heap.set(i, 10);
    await clock.advance(10);
    expect(sizes).toEqual([10_000, 10_000, 5000]);
    heap.set(3, 10);
    await clock.advance(10);
    expect(sizes.at(-1)).toBe(1);
  });

  it("refuses options without an onDue, which nobody would hear of what is due from", () => {
    expect(() => new DelayHeap({} as never)).toThrow("DelayHeap: onDue: is missing, and must be a function");
  });

  it.each([Number.NaN, undefined])("refuses a delay of %s", (delayMs) => {
    expect(() => setUp().heap.set(1, delayMs as number)).toThrow(`DelayHeap: delayMs: ${delayMs} must be a number`);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 28])("refuses %d for an item", (item) => {
    expect(() => setUp().heap.set(item, 1)).toThrow(/item: .* must be a small number/);
    expect(setUp().heap.has(item)).toBe(false);
  });

  it("agrees with a sorted list, whatever is set, moved and deleted", async () => {
    const command = fc.oneof(
      fc.record({ type: fc.constant("set" as const), key: fc.integer({ min: 0, max: 29 }), ms: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ type: fc.constant("delete" as const), key: fc.integer({ min: 0, max: 29 }) }),
      fc.record({ type: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 120, size: "max" }), async (commands) => {
        const { clock, due, heap } = setUp();
        const model = new Map<number, { dueMs: number; order: number }>();
        const expected: [number, number][] = [];
        const deleted: boolean[] = [];
        let order = 0;
        for (const each of commands) {
          if (each.type === "set") {
            model.set(each.key, { dueMs: clock.monotonicMs() + each.ms, order: (order += 1) });
            heap.set(each.key, each.ms);
          } else if (each.type === "delete") {
            deleted.push(heap.delete(each.key) === model.delete(each.key));
          } else {
            const until = clock.monotonicMs() + each.ms;
            const ready = [...model]
              .filter(([, { dueMs }]) => dueMs <= until)
              .toSorted(([, a], [, b]) => a.dueMs - b.dueMs || a.order - b.order);
            for (const [key, { dueMs }] of ready) {
              expected.push([dueMs, key]);
              model.delete(key);
            }
            await clock.advance(each.ms);
          }
          expect(heap.size).toBe(model.size);
          expect(clock.pendingTimers).toBe(model.size === 0 ? 0 : 1);
        }
        expect(due).toEqual(expected);
        expect(deleted).not.toContain(false);
        heap.clear();
      }),
      { numRuns: 200 },
    );
  });
});
