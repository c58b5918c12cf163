import { describe, expect, it } from "vitest";
import { ageOf, humanDuration } from "./human-duration.ts";

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe("humanDuration", () => {
  it.each([
    [-2 * S, "<invalid>"],
    [-1.5 * S, "0s"],
    [-0.5 * S, "0s"],
    [0, "0s"],
    [119 * S, "119s"],
    [120 * S, "2m"],
    [121 * S, "2m1s"],
    [9 * M + 59 * S, "9m59s"],
    [10 * M + 59 * S, "10m"],
    [179 * M, "179m"],
    [3 * H, "3h"],
    [3 * H + 5 * M, "3h5m"],
    [8 * H + 5 * M, "8h"],
    [47 * H, "47h"],
    [2 * D, "2d"],
    [2 * D + 5 * H, "2d5h"],
    [8 * D + 5 * H, "8d"],
    [729 * D, "729d"],
    [730 * D, "2y"],
    [731 * D, "2y1d"],
    [8 * 365 * D + 5 * D, "8y"],
  ])("prints %d ms as %s", (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});

describe("ageOf", () => {
  it.each([
    ["2026-01-01T00:00:00Z", "5m"],
    ["2026-01-01T00:00:00.123456Z", "4m59s"],
    ["2026-01-01T01:00:00+01:00", "5m"],
    ["2030-01-01T00:00:00Z", "<invalid>"],
    ["yesterday", "<invalid>"],
    ["2026", "<invalid>"],
    [5, "<invalid>"],
    ["", "<unknown>"],
    [undefined, "<unknown>"],
    [null, "<unknown>"],
  ])("of %j is %s", (timestamp, text) => {
    expect(ageOf(timestamp, Date.parse("2026-01-01T00:05:00Z"))).toBe(text);
  });
});
