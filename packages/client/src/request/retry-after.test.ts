import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

describe("retryAfterMs", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["0", 0],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ])("reads %j as %s", (header, ms) => {
    expect(retryAfterMs(header, nowMs)).toBe(ms);
  });
});
