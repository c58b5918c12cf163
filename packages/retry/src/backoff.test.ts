import { describe, expect, it } from "vitest";
import { constantBackoff, exponentialBackoff } from "./backoff.ts";

describe("exponentialBackoff", () => {
  it("grows by the factor and stops at the cap", () => {
    const backoff = exponentialBackoff({ baseMs: 800, maxMs: 30_000 });
    expect([0, 1, 2, 3, 4, 5, 6, 5000].map(backoff)).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it("takes another factor, one included", () => {
    expect([0, 1, 2].map(exponentialBackoff({ baseMs: 10, factor: 3 }))).toEqual([10, 30, 90]);
    expect([0, 1, 2].map(exponentialBackoff({ baseMs: 10, factor: 1 }))).toEqual([10, 10, 10]);
  });

  it("never waits longer than one timer can, without a cap", () => {
    expect(exponentialBackoff({ baseMs: 5000 })(10_000)).toBe(2 ** 31 - 1);
  });

  it("keeps a base of zero at zero, however many attempts", () => {
    expect(exponentialBackoff({ baseMs: 0 })(10_000)).toBe(0);
  });

  it("adds at most the jitter's share, by the random source it is given", () => {
    const draws = [0, 0.5, 0.999];
    const backoff = exponentialBackoff({ baseMs: 1000, maxMs: 1000, jitter: 0.2, random: () => draws.shift() ?? 0 });
    expect([0, 0, 0].map(backoff)).toEqual([1000, 1100, 1199.8]);
  });

  it.each([
    ["baseMs", { baseMs: -1 }],
    ["baseMs", { baseMs: Number.NaN }],
    ["factor", { baseMs: 1, factor: 0.5 }],
    ["maxMs", { baseMs: 1, maxMs: -1 }],
    ["jitter", { baseMs: 1, jitter: -0.1 }],
  ])("refuses a %s that cannot work", (field, options) => {
    expect(() => exponentialBackoff(options)).toThrow(new RegExp(`: ${field}: `));
  });
});

describe("constantBackoff", () => {
  it("is the same after every failure", () => {
    expect([0, 1, 99].map(constantBackoff(250))).toEqual([250, 250, 250]);
  });

  it("refuses a negative wait", () => {
    expect(() => constantBackoff(-1)).toThrow(/delayMs/);
  });
});
