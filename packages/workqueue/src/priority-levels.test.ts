import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PriorityLevels } from "./priority-levels.ts";

describe("PriorityLevels", () => {
  it("keeps each line in order, also when slots leave from its middle", () => {
    const step = fc.record({
      slot: fc.nat(9),
      priority: fc.integer({ min: -1, max: 1 }),
      does: fc.constantFrom("push", "remove", "shift"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const levels = new PriorityLevels({ maxOvertakes: Number.POSITIVE_INFINITY });
        const shifted: number[] = [];
        const expected: number[] = [];
        let model: { slot: number; priority: number }[] = [];
        for (const { slot, priority, does } of steps) {
          const known = model.find((item) => item.slot === slot);
          if (does === "push" && known === undefined) {
            levels.push(slot, priority);
            model.push({ slot, priority });
          } else if (does === "remove" && known !== undefined) {
            levels.remove(slot, known.priority);
            model = model.filter((item) => item !== known);
          } else if (does === "shift") {
            const [next] = model.toSorted((a, b) => b.priority - a.priority);
            shifted.push(levels.shift());
            expected.push(next?.slot ?? -1);
            model = model.filter((item) => item !== next);
          }
        }
        expect(shifted).toEqual(expected);
      }),
    );
  });

  /** Slots as they are shifted. */
  const take = (levels: PriorityLevels, count: number): number[] => Array.from({ length: count }, () => levels.shift());

  it("goes on behind who is left when the last of a line has left", () => {
    const levels = new PriorityLevels({ maxOvertakes: 10 });
    for (const slot of [0, 1, 2]) levels.push(slot, 0);
    levels.remove(2, 0);
    levels.push(3, 0);
    levels.push(2, 1);
    expect(take(levels, 5)).toEqual([2, 0, 1, 3, -1]);
    levels.push(0, 0);
    levels.remove(0, 0);
    levels.push(1, 0);
    expect(take(levels, 2)).toEqual([1, -1]);
  });

  it("lets the first of a line leave when the one before it was taken", () => {
    const levels = new PriorityLevels({ maxOvertakes: 10 });
    for (const slot of [0, 1, 2]) levels.push(slot, 0);
    expect(levels.shift()).toBe(0);
    levels.remove(1, 0);
    expect(take(levels, 2)).toEqual([2, -1]);
  });

  it.each<[string, (levels: PriorityLevels) => unknown]>([
    ["was taken", (levels) => levels.shift()],
    ["left", (levels) => levels.remove(0, 0)],
  ])("counts anew how often somebody is overtaken after one that %s", (_title, leave) => {
    const levels = new PriorityLevels({ maxOvertakes: 2 });
    levels.push(0, 0);
    for (const slot of [1, 2]) levels.push(slot, 1);
    expect(take(levels, 2)).toEqual([1, 2]);
    leave(levels);
    levels.push(3, 0);
    levels.push(1, 1);
    expect(take(levels, 3)).toEqual([1, 3, -1]);
  });

  it("does not count for who is not there what goes before", () => {
    const levels = new PriorityLevels({ maxOvertakes: 2 });
    levels.push(0, 0);
    expect(levels.shift()).toBe(0);
    for (const slot of [1, 2, 3]) levels.push(slot, 1);
    expect(take(levels, 3)).toEqual([1, 2, 3]);
    levels.push(0, 0);
    levels.push(1, 1);
    expect(take(levels, 2)).toEqual([1, 0]);
  });

  it("does not count the turn of who was overtaken for those above", () => {
    const levels = new PriorityLevels({ maxOvertakes: 1 });
    for (const [slot, priority] of [0, 0, 1, 1, 2, 2].entries()) levels.push(slot, priority);
    // 2 and 1 have been overtaken, by those above, and go; 5 and 3 have not, and go in their order.
    expect(take(levels, 7)).toEqual([4, 0, 2, 1, 5, 3, -1]);
  });

  it("has room at once for a slot far above all others", () => {
    const levels = new PriorityLevels({ maxOvertakes: 1 });
    levels.push(1000, 0);
    levels.push(1, 0);
    expect(take(levels, 3)).toEqual([1000, 1, -1]);
  });

  it("has nobody wait once cleared", () => {
    const levels = new PriorityLevels({ maxOvertakes: 1 });
    levels.push(0, 5);
    levels.push(1, -5);
    levels.clear();
    expect(levels.shift()).toBe(-1);
    levels.push(1, 0);
    expect([levels.shift(), levels.shift()]).toEqual([1, -1]);
  });
});
