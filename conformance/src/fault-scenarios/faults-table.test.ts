import { expect, it } from "vitest";
import { type SubjectReport, faultsTable } from "./faults-table.ts";
import type { ScenarioResult } from "./run-scenario.ts";

const result = (name: string, more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  id: "P9",
  name,
  isReached: true,
  problems: [],
  requests: 3,
  busiest: 3,
  healedMs: 0,
  durationMs: 10,
  ...more,
});

const report = (name: string, results: readonly ScenarioResult[]): SubjectReport => ({
  name,
  version: "1",
  setting: "Plain",
  uncaught: 0,
  results,
});

it("counts what was survived of what was met, and says what went wrong", () => {
  const ours = report("ours", [result("one"), result("two"), result("three")]);
  const theirs = report("theirs", [result("one", { problems: ["copy: b is a ghost"] }), result("two", { isReached: false })]);
  const table = faultsTable({ date: "2026-11-21", node: "v24", subjects: [ours, theirs] });
  expect(table).toContain("- **ours 1**: 3 of 3; 0 uncaught errors");
  expect(table).toContain("- **theirs 1**: 0 of 1 (1 more are about what it does not ask for)");
  expect(table).toContain("| P9 | one | survived | **copy: b is a ghost** |");
  expect(table).toContain("| P9 | two | survived | does not apply |");
  expect(table).toContain("| P9 | three | survived | not run |");
});
