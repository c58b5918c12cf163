import { describe, expect, it } from "vitest";
import { apiCases } from "./api-cases.ts";
import { knownDifferences } from "./known-differences.ts";

describe("the cases", () => {
  it("have names of their own", () => {
    const names = apiCases.map((one) => one.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.length).toBeGreaterThan(150);
  });
});

describe("the known differences", () => {
  it("each have a reason", () => {
    expect(Object.entries(knownDifferences).filter(([, reason]) => reason.trim().length < 20)).toEqual([]);
  });
});
