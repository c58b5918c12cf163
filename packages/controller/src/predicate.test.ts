import type { KubernetesObject } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { anyOf, generationChanged, type ObjectChange } from "./predicate.ts";

function object(generation: number | undefined, deletionTimestamp?: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Thing",
    metadata: { name: "a", ...(generation !== undefined && { generation }), ...(deletionTimestamp !== undefined && { deletionTimestamp }) },
  };
}

describe("generationChanged", () => {
  it.each<[string, boolean, ObjectChange]>([
    ["an addition", true, { type: "add", object: object(1), old: object(1) }],
    ["a deletion", true, { type: "delete", object: object(1), old: object(1) }],
    ["a resync", true, { type: "resync", object: object(1), old: object(1) }],
    ["a change of the spec", true, { type: "update", object: object(2), old: object(1) }],
    ["a change of status or metadata", false, { type: "update", object: object(1), old: object(1) }],
    ["the beginning of a deletion", true, { type: "update", object: object(1, "2026-01-01T00:00:00Z"), old: object(1) }],
    ["a change of a kind without generations", true, { type: "update", object: object(undefined), old: object(undefined) }],
  ])("%s: %s", (_what, passes, change) => {
    expect(generationChanged(change)).toBe(passes);
    expect(anyOf(() => false, generationChanged)(change)).toBe(passes);
  });
});
