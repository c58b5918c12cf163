import { describe, expect, it } from "vitest";
import { findCondition, isConditionTrue, withCondition, withoutCondition } from "./conditions.ts";
import type { Condition } from "./kubernetes-object.ts";
import { deepFreeze } from "./mutable-copy.ts";

const available: Condition = {
  type: "Available",
  status: "True",
  reason: "AllReady",
  message: "3 of 3",
  lastTransitionTime: "2026-01-01T00:00:00Z",
  observedGeneration: 1,
};
const other: Condition = { ...available, type: "Degraded", status: "False" };
const conditions = deepFreeze([available, other]);
const nowMs = Date.parse("2026-02-02T03:04:05.678Z");
const now = "2026-02-02T03:04:05Z";

describe("withCondition", () => {
  it("gives a new condition the time, in whole seconds, and the last place", () => {
    const next = { type: "Ready", status: "False", reason: "Starting", message: "" } as const;
    expect(withCondition(conditions, next, { nowMs, generation: 4 })).toEqual([
      available,
      other,
      { ...next, lastTransitionTime: now, observedGeneration: 4 },
    ]);
    expect(withCondition(undefined, next, { nowMs })).toEqual([{ ...next, lastTransitionTime: now }]);
  });

  it.each([
    ["another status", { status: "False" }, now],
    ["Unknown instead of True", { status: "Unknown" }, now],
    ["another reason", { reason: "SomeReady" }, available.lastTransitionTime],
    ["another message", { message: "2 of 3" }, available.lastTransitionTime],
  ] as const)("%s keeps its place, and the transition time unless the status changed", (_, change, lastTransitionTime) => {
    const { lastTransitionTime: __, observedGeneration: ___, ...same } = available;
    const [first, second] = withCondition(conditions, { ...same, ...change }, { nowMs, generation: 2 });
    expect(first).toEqual({ ...available, ...change, lastTransitionTime, observedGeneration: 2 });
    expect(second).toBe(other);
  });

  it("keeps the transition time when only the generation is newer", () => {
    expect(withCondition(conditions, available, { nowMs, generation: 2 })[0]).toEqual({ ...available, observedGeneration: 2 });
  });

  it("keeps the observed generation when none is given", () => {
    expect(withCondition(conditions, { ...available, message: "x" }, { nowMs })[0]?.observedGeneration).toBe(1);
  });

  it("returns the same array when nothing changes, so nothing needs to be written", () => {
    expect(withCondition(conditions, available, { nowMs, generation: 1 })).toBe(conditions);
    expect(withCondition(conditions, available, { nowMs })).toBe(conditions);
  });
});

describe("findCondition, isConditionTrue and withoutCondition", () => {
  it("look at the type", () => {
    expect(findCondition(conditions, "Degraded")).toBe(other);
    expect(findCondition(conditions, "Nope")).toBeUndefined();
    expect(findCondition(undefined, "Degraded")).toBeUndefined();
  });

  it.each([
    ["True", true],
    ["False", false],
    ["Unknown", false],
  ])("take %s for %s", (status, expected) => {
    expect(isConditionTrue([{ type: "A", status }], "A")).toBe(expected);
  });

  it("take a missing condition for not true", () => {
    expect(isConditionTrue(undefined, "A")).toBe(false);
    expect(isConditionTrue([], "A")).toBe(false);
  });

  it("remove one type and leave the rest alone", () => {
    expect(withoutCondition(conditions, "Available")).toEqual([other]);
    expect(withoutCondition(conditions, "Nope")).toBe(conditions);
    expect(withoutCondition(undefined, "Nope")).toEqual([]);
  });
});
