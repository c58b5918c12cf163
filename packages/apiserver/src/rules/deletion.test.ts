import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { type DeletionRequest, type DeletionStep, deletionStep, finalizersAfter, isReleased } from "./deletion.ts";

const nowMs = Date.UTC(2026, 0, 1, 0, 0, 10);
const NOW = "2026-01-01T00:00:10Z";

function step(metadata: JsonObject, request: Partial<DeletionRequest> = {}, graceSeconds?: number): DeletionStep {
  const grace = graceSeconds === undefined ? undefined : (_: JsonObject, requested: number | undefined) => requested ?? graceSeconds;
  return deletionStep({ metadata }, { policy: undefined, gracePeriodSeconds: undefined, nowMs, ...request }, grace);
}

describe("deletionStep", () => {
  it.each<[title: string, actual: DeletionStep, expected: DeletionStep["type"], metadata?: JsonObject]>([
    ["nothing holds it: it goes", step({}), "remove"],
    [
      "a finalizer holds it",
      step({ finalizers: ["a/b"] }),
      "mark",
      { finalizers: ["a/b"], deletionTimestamp: NOW, deletionGracePeriodSeconds: 0 },
    ],
    [
      "a generation rises with the mark",
      step({ finalizers: ["a/b"], generation: 3 }),
      "mark",
      {
        finalizers: ["a/b"],
        generation: 4,
        deletionTimestamp: NOW,
        deletionGracePeriodSeconds: 0,
      },
    ],
    [
      "marked already: nothing new",
      step({ finalizers: ["a/b"], deletionTimestamp: NOW, deletionGracePeriodSeconds: 0 }),
      "mark",
      {
        finalizers: ["a/b"],
        deletionTimestamp: NOW,
        deletionGracePeriodSeconds: 0,
      },
    ],
    [
      "foreground adds its finalizer",
      step({}, { policy: "Foreground" }),
      "mark",
      {
        finalizers: ["foregroundDeletion"],
        deletionTimestamp: NOW,
        deletionGracePeriodSeconds: 0,
      },
    ],
    [
      "background takes the steering finalizer away",
      step({ finalizers: ["foregroundDeletion"], deletionTimestamp: NOW }, { policy: "Background" }),
      "remove",
    ],
    ["no grace: marked, then gone", step({}, {}, 0), "markAndRemove", { deletionTimestamp: NOW, deletionGracePeriodSeconds: 0 }],
    [
      "grace: marked in the future",
      step({}, {}, 30),
      "mark",
      { deletionTimestamp: "2026-01-01T00:00:40Z", deletionGracePeriodSeconds: 30 },
    ],
    ["grace cannot grow", step({ deletionTimestamp: NOW, deletionGracePeriodSeconds: 5 }, {}, 30), "pending"],
    [
      "grace may shrink to nothing",
      step({ deletionTimestamp: "2026-01-01T00:00:40Z", deletionGracePeriodSeconds: 30 }, { gracePeriodSeconds: 0 }, 30),
      "markAndRemove",
      {
        deletionTimestamp: NOW,
        deletionGracePeriodSeconds: 0,
      },
    ],
    [
      "no grace but a finalizer: it stays",
      step({ finalizers: ["a/b"] }, {}, 0),
      "mark",
      {
        finalizers: ["a/b"],
        deletionTimestamp: NOW,
        deletionGracePeriodSeconds: 0,
      },
    ],
  ])("%s", (_title, actual, expected, metadata) => {
    expect(actual.type).toBe(expected);
    expect("object" in actual ? actual.object["metadata"] : undefined).toEqual(metadata);
  });
});

describe("finalizersAfter", () => {
  it.each([
    [[], undefined, []],
    [["a/b"], "Orphan", ["a/b", "orphan"]],
    [["orphan", "a/b"], "Foreground", ["a/b", "foregroundDeletion"]],
    [["orphan", "a/b"], "Background", ["a/b"]],
    [["foregroundDeletion"], undefined, ["foregroundDeletion"]],
  ] as const)("%j with %s is %j", (before, policy, after) => {
    expect(finalizersAfter(before, policy)).toEqual(after);
  });
});

describe("isReleased", () => {
  it.each([
    [{ deletionTimestamp: NOW }, true],
    [{ deletionTimestamp: NOW, deletionGracePeriodSeconds: 0, finalizers: [] }, true],
    [{ deletionTimestamp: NOW, finalizers: ["a/b"] }, false],
    [{ deletionTimestamp: NOW, deletionGracePeriodSeconds: 30 }, false],
    [{}, false],
  ])("metadata %j: %s", (metadata, expected) => {
    expect(isReleased({ metadata })).toBe(expected);
  });
});
