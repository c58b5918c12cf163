import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring } from "./ring.ts";

describe("Ring", () => {
  it("agrees with an array, however it grows, wraps and shrinks", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(100), fc.constant("shift" as const), fc.constant("replace" as const)), { maxLength: 300, size: "max" }),
        (steps) => {
          const ring = new Ring<number>();
          const model: number[] = [];
          const shifted: [actual: number | undefined, expected: number | undefined][] = [];
          for (const step of steps) {
            if (step === "shift") {
              shifted.push([ring.shift(), model.shift()]);
            } else if (step === "replace" && model.length > 0) {
              ring.replaceLast(-1);
              model[model.length - 1] = -1;
            } else if (step !== "replace") {
              ring.push(step);
              model.push(step);
            }
            expect([ring.length, ring.peek(), ring.peekLast()]).toEqual([model.length, model[0], model.at(-1)]);
          }
          while (model.length > 0) expect(ring.shift()).toBe(model.shift());
          expect(ring.shift()).toBeUndefined();
        },
      ),
    );
  });

  it("is empty after clear, and refuses to replace what is not there", () => {
    const ring = new Ring<number>();
    for (let i = 0; i < 20; i += 1) ring.push(i);
    ring.clear();
    expect(ring.shift()).toBeUndefined();
    expect(() => ring.replaceLast(1)).toThrow(/empty/);
  });
});
