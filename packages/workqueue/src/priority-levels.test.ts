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
