import { ManualClock } from "@operatorkit/observe/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DelayHeap } from "./delay-heap.ts";

function setUp(): { clock: ManualClock; due: [atMs: number, key: string, value: number][]; heap: DelayHeap<number> } {
  const clock = new ManualClock();
  const due: [number, string, number][] = [];
  const heap = new DelayHeap<number>({
    clock,
    onDue: (items) => items.forEach(({ key, value }) => due.push([clock.monotonicMs(), key, value])),
  });
  return { clock, due, heap };
}

describe("DelayHeap", () => {
  it("reports each entry when it is due, soonest first", async () => {
    const { clock, due, heap } = setUp();
    heap.set("late", 300, 1);
    heap.set("soon", 100, 2);
    heap.set("middle", 200, 3);
    await clock.advance(1000);
    expect(due).toEqual([
      [100, "soon", 2],
      [200, "middle", 3],
      [300, "late", 1],
    ]);
    expect(heap.size).toBe(0);
  });

  it("reports ties in the order they were set", async () => {
    const { clock, due, heap } = setUp();
    for (const key of ["a", "b", "c", "d", "e", "f"]) heap.set(key, 50, 0);
    await clock.advance(50);
    expect(due.map(([, key]) => key).join("")).toBe("abcdef");
  });

  it("uses one timer for any number of entries, and none when empty", async () => {
    const { clock, heap } = setUp();
    for (let i = 0; i < 100; i += 1) heap.set(`key-${i}`, 1000 - i, i);
    expect(clock.pendingTimers).toBe(1);
    for (let i = 0; i < 100; i += 1) heap.delete(`key-${i}`);
    expect(clock.pendingTimers).toBe(0);
    heap.set("again", 5, 0);
    await clock.advance(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it("moves a key that is set again, later and sooner, and keeps its newest value", async () => {
    const { clock, due, heap } = setUp();
    heap.set("a", 100, 1);
    heap.set("b", 150, 2);
    heap.set("a", 200, 3);
    heap.set("b", 50, 4);
    await clock.advance(500);
    expect(due).toEqual([
      [50, "b", 4],
      [200, "a", 3],
    ]);
  });

  it("setSooner keeps the earlier of two due times", async () => {
    const { clock, due, heap } = setUp();
    heap.set("a", 100, 1);
    expect(heap.setSooner("a", 200, 2)).toBe(false);
    expect(heap.setSooner("a", 40, 3)).toBe(true);
    expect(heap.setSooner("b", 70, 4)).toBe(true);
    await clock.advance(500);
    expect(due).toEqual([
      [40, "a", 3],
      [70, "b", 4],
    ]);
  });

  it("never reports from within set, not even what is due at once", async () => {
    const { clock, due, heap } = setUp();
    heap.set("now", 0, 1);
    heap.set("past", -5, 2);
    expect(due).toEqual([]);
    await clock.advance(0);
    expect(due.map(([, key]) => key)).toEqual(["now", "past"]);
  });

  it("lets onDue set the same key again", async () => {
    const clock = new ManualClock();
    let turns = 0;
    const heap: DelayHeap<null> = new DelayHeap<null>({
      clock,
      onDue: ([item]) => {
        turns += 1;
        if (item !== undefined && turns < 5) heap.set(item.key, 10, null);
      },
    });
    heap.set("tick", 10, null);
    await clock.advance(100);
    expect(turns).toBe(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is not moved by the wall clock", async () => {
    const { clock, due, heap } = setUp();
    heap.set("a", 100, 1);
    clock.jumpWallClock(-3_600_000);
    await clock.advance(100);
    expect(due).toEqual([[100, "a", 1]]);
  });

  it("gives back what it forgets, and tells how long is left", () => {
    const { clock, heap } = setUp();
    heap.set("a", 100, 1);
    expect(heap.get("a")).toBe(1);
    expect(heap.remainingMs("a")).toBe(100);
    expect(heap.remainingMs("b")).toBeUndefined();
    expect(heap.clear().map(({ key, value }) => [key, value])).toEqual([["a", 1]]);
    expect(heap.has("a")).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it("reports a great many due at once over several turns", async () => {
    const clock = new ManualClock();
    const sizes: number[] = [];
    const heap = new DelayHeap<number>({ clock, onDue: (items) => void sizes.push(items.length) });
    for (let i = 0; i < 25_000; i += 1) heap.set(`${i}`, 10, i);
    await clock.advance(10);
    expect(sizes).toEqual([10_000, 10_000, 5000]);
  });

  it("refuses a delay that is no number", () => {
    expect(() => setUp().heap.set("a", Number.NaN, 1)).toThrow(/delayMs/);
  });

  it("agrees with a sorted list, whatever is set, moved and deleted", async () => {
    const command = fc.oneof(
      fc.record({ type: fc.constant("set" as const), key: fc.integer({ min: 0, max: 9 }), ms: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ type: fc.constant("delete" as const), key: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ type: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const { clock, due, heap } = setUp();
        const model = new Map<string, { dueMs: number; order: number }>();
        const expected: [number, string][] = [];
        const deleted: boolean[] = [];
        let order = 0;
        for (const each of commands) {
          if (each.type === "set") {
            model.set(`${each.key}`, { dueMs: clock.monotonicMs() + each.ms, order: (order += 1) });
            heap.set(`${each.key}`, each.ms, 0);
          } else if (each.type === "delete") {
            deleted.push(heap.delete(`${each.key}`) === model.delete(`${each.key}`));
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
        expect(due.map(([at, key]) => [at, key])).toEqual(expected);
        expect(deleted).not.toContain(false);
        heap.clear();
      }),
      { numRuns: 200 },
    );
  });
});
