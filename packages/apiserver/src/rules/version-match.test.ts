import { expect, it } from "vitest";
import { listPlan } from "./version-match.ts";

const CURRENT = 100;

it.each([
  ["", "", 0, "present"],
  ["", "", 5, "present"],
  ["0", "", 0, "present"],
  ["0", "NotOlderThan", 5, "present"],
  ["50", "", 0, "present"],
  ["50", "", 5, 50],
  ["50", "NotOlderThan", 0, "present"],
  ["50", "NotOlderThan", 5, "present"],
  ["50", "Exact", 0, 50],
  ["50", "Exact", 5, 50],
  ["100", "Exact", 0, 100],
  ["101", "", 0, "tooLarge"],
  ["101", "Exact", 0, "tooLarge"],
  ["101", "NotOlderThan", 0, "tooLarge"],
  ["abc", "", 0, "malformed"],
  ["-1", "", 0, "malformed"],
] as const)("a list with resourceVersion=%j, match=%j and limit=%i is answered with %s", (version, match, limit, expected) => {
  const plan = listPlan(version, match, limit, CURRENT);
  expect(plan.type === "exact" ? plan.version : plan.type).toBe(expected);
});
