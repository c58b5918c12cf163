import { describe, expect, it } from "vitest";
import { Results } from "./results.ts";
import { scorecard } from "./scorecard.ts";
import { counts, summary } from "./summary.ts";

describe("Results", () => {
  const knownDifferences = { "a known one": "we do it later" };

  it("passes and fails checks as they report", () => {
    const results = new Results({ knownDifferences });
    const report = results.reportFor("ours", "api");
    report.passed("good", 1);
    report.failed("bad", new Error("no"), 1);
    report.skipped("absent", "no kubectl");
    expect(results.all.map((result) => result.outcome)).toEqual(["passed", "failed", "skipped"]);
    expect(counts(results.all)).toBe("1 passed, 1 failed, 1 skipped");
  });

  it("takes a known difference of our server for passed", () => {
    const results = new Results({ knownDifferences });
    results.reportFor("ours", "api").failed("a known one", new Error("no"), 1);
    expect(results.count("failed")).toBe(0);
    expect(counts(results.all)).toBe("1 passed, 0 failed, 0 skipped (1 known differences)");
  });

  it("fails a known difference that is gone", () => {
    const results = new Results({ knownDifferences });
    results.reportFor("ours", "api").passed("a known one", 1);
    expect(results.count("failed")).toBe(1);
    expect(summary(results.all)).toContain("it passes now: remove it from known-differences.ts");
  });

  it("knows no differences of the real server", () => {
    const results = new Results({ knownDifferences });
    results.reportFor("real", "api").failed("a known one", new Error("no"), 1);
    expect(results.count("failed")).toBe(1);
  });

  it("are shown on a page for each server", () => {
    const results = new Results({ knownDifferences });
    for (const target of ["real", "ours"] as const) {
      const report = results.reportFor(target, "api");
      report.passed("good", 1);
      report.measured(`lost by ${target}`, "1 of 2");
    }
    const page = scorecard("ours", results, { commit: "abc1234", date: "2026-01-02" });
    expect(page).toContain("at commit abc1234, 2026-01-02");
    expect(page.split("\n").filter((line) => line.startsWith("| ") && !line.includes("---"))).toEqual([
      "| suite | checks |",
      "| ours api | 1 passed, 0 failed, 0 skipped |",
      "| measured |  |",
      "| lost by ours | 1 of 2 |",
    ]);
  });
});
