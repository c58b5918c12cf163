import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepFreeze, mutableCopy } from "./mutable-copy.ts";

describe("mutableCopy", () => {
  it("is the same JSON in new objects, whatever is frozen", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = mutableCopy(deepFreeze(value));
        expect(copy).toEqual(value);
        expect(typeof copy !== "object" || copy === null || !Object.isFrozen(copy)).toBe(true);
      }),
    );
  });

  it("shares nothing with the original", () => {
    const original = deepFreeze({ metadata: { labels: { a: "b" } }, list: [{ x: 1 }] });
    const copy = mutableCopy(original);
    copy.metadata.labels.a = "c";
    copy.list[0] = { x: 2 };
    expect(original).toEqual({ metadata: { labels: { a: "b" } }, list: [{ x: 1 }] });
  });

  it("copies a key named __proto__ like any other", () => {
    const evil = JSON.parse('{"__proto__": {"polluted": true}}') as object;
    const copy = mutableCopy(evil);
    expect(Object.keys(copy)).toEqual(["__proto__"]);
    expect("polluted" in copy).toBe(false);
  });
});

describe("deepFreeze", () => {
  it("freezes what is deeper than a stack", () => {
    const deepest = {};
    let value: object = deepest;
    for (let level = 0; level < 100_000; level += 1) value = [value];
    deepFreeze(value);
    expect([value, deepest].map(Object.isFrozen)).toEqual([true, true]);
  });

  it("freezes all the way down and returns the value", () => {
    const value = { a: [{ b: { c: 1 } }] };
    expect(deepFreeze(value)).toBe(value);
    expect(Object.isFrozen(value.a[0]?.b)).toBe(true);
    expect(Object.isFrozen(value.a)).toBe(true);
  });
});
