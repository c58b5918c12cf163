import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareResourceVersions } from "./resource-version.ts";

describe("compareResourceVersions, as KEP-5504 says", () => {
  it.each([
    ["1", "1", 0],
    ["1", "2", -1],
    ["10", "9", 1],
    ["99", "100", -1],
    ["18446744073709551616", "18446744073709551615", 1],
    ["9007199254740993", "9007199254740992", 1],
  ])("%s and %s", (a, b, sign) => {
    expect(Math.sign(compareResourceVersions(a, b) ?? NaN)).toBe(sign);
  });

  it.each([
    ["", "1"],
    ["01", "1"],
    ["abc", "1"],
    ["-1", "1"],
    ["1.0", "1"],
    ["1", "0x1"],
  ])("%j and %j cannot be compared", (a, b) => {
    expect(compareResourceVersions(a, b)).toBeUndefined();
    expect(compareResourceVersions(b, a)).toBeUndefined();
  });

  it("can tell that two of another form are equal", () => {
    expect(compareResourceVersions("abc", "abc")).toBe(0);
  });

  it("orders like the numbers, of any size", () => {
    const number = fc.bigInt({ min: 0n, max: 10n ** 30n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(Math.sign(compareResourceVersions(`${a}`, `${b}`) ?? NaN)).toBe(expected);
      }),
    );
  });
});
