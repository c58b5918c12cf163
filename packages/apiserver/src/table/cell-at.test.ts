import { describe, expect, it } from "vitest";
import { cellAt } from "./cell-at.ts";

const NOW = Date.parse("2026-11-21T12:34:16Z");

// Measured on kube-apiserver 1.36.3.
describe("cellAt", () => {
  it.each([
    ["string", "hello", "hello"],
    ["string", 17, "17"],
    ["string", 1.5e9, "1500000000"],
    ["string", 3.25, "3.25"],
    ["string", 1e-7, "1e-07"],
    ["string", 123_456_789.25, "1.2345678925e+08"],
    ["string", 1e21, "1e+21"],
    ["string", true, "true"],
    ["string", null, "<no value>"],
    ["string", "", ""],
    ["string", [], "[]"],
    ["string", { b: [true, null, "s<>&"], a: 1 }, '{"a":1,"b":[true,null,"s\\u003c\\u003e\\u0026"]}'],
    ["integer", 3, 3],
    ["integer", 3.25, 3],
    ["integer", 1e-7, 0],
    ["integer", "3", null],
    ["number", 1.5, 1.5],
    ["number", "x", null],
    ["boolean", true, true],
    ["boolean", "no", null],
    ["date", "2026-11-21T10:00:00Z", "154m"],
    ["date", "2030-11-21T10:00:00Z", "<invalid>"],
    ["date", "garbage", "<invalid>"],
    ["date", "", "<unknown>"],
    ["date", 5, null],
  ] as const)("shows a %s column of %j as %j", (type, value, cell) => {
    expect(cellAt(".spec.value", type, { spec: { value } }, NOW)).toBe(cell);
  });

  it("shows the first of several values, and nothing where there is none or the path cannot be read", () => {
    expect(cellAt(".list[*]", "integer", { list: [1, 2] }, NOW)).toBe(1);
    expect(cellAt(".missing", "string", {}, NOW)).toBeNull();
    expect(cellAt(".list[", "string", { list: [1] }, NOW)).toBeNull();
  });
});
