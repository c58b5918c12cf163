import { describe, expect, it } from "vitest";
import { heapSlope, slopeOf } from "./heap-slope.ts";
import { reconnectProblems } from "./reconnect-report.ts";

describe("the slope of the heap", () => {
  it.each([
    ["of nothing that stays", [100, 100, 100], 0],
    ["of ten bytes each", [100, 200, 300], 10],
    ["through looks that are shaken", [100, 230, 270, 430, 470, 600], 10],
  ])("%s is seen", (_, bytes, slope) => {
    expect(slopeOf(bytes.map((value, at) => ({ done: at * 10, bytes: value })))).toBeCloseTo(slope, 0);
  });

  it("finds what stays behind, and not what is let go", async () => {
    const kept: object[] = [];
    const repeat =
      (keep: boolean) =>
      async (times: number): Promise<void> => {
        for (let time = 0; time < times; time += 1) {
          const made = { time, text: "x".repeat(200) + String(time) };
          if (keep) kept.push(made);
        }
      };
    const leaking = await heapSlope({ count: 20_000, warmUp: 1_000, repeat: repeat(true) });
    const clean = await heapSlope({ count: 20_000, warmUp: 1_000, repeat: repeat(false) });
    expect(kept).toHaveLength(21_000);
    expect(leaking.bytesEach).toBeGreaterThan(100);
    expect(clean.bytesEach).toBeLessThan(50);
  });
});

describe("a report", () => {
  it("names what is too much: bytes, handles, warnings", () => {
    const report = { count: 1_000, durationMs: 1, bytesEach: 101, left: ["Timeout"], warnings: ["11 listeners"] };
    expect(reconnectProblems(report, 100)).toEqual([
      "101 bytes stay behind each time, 100 are allowed",
      "left open: Timeout",
      "Node warns: 11 listeners",
    ]);
    expect(reconnectProblems({ ...report, bytesEach: -3, left: [], warnings: [] }, 100)).toEqual([]);
  });
});
