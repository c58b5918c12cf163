import { expect, it } from "vitest";
import { clashingFinalizer, type FinalizerClaim } from "./finalizer-claim.ts";

const claim: FinalizerClaim = { kind: { group: "example.com", kind: "Echo" }, finalizer: "example.com/echo" };

it.each<[string, Partial<FinalizerClaim>, Partial<FinalizerClaim>, boolean]>([
  ["the same", {}, {}, true],
  ["the same kind in another version", {}, { kind: { group: "example.com", kind: "Echo", version: "v2" } as FinalizerClaim["kind"] }, true],
  ["all namespaces and one", {}, { namespace: "a" }, true],
  ["the empty namespace, which means all, and one", { namespace: "" }, { namespace: "a" }, true],
  ["all objects and those that match", {}, { labelSelector: "a=b" }, true],
  ["the same namespace and selector", { namespace: "a", labelSelector: "a=b" }, { namespace: "a", labelSelector: "a=b" }, true],
  ["two namespaces", { namespace: "a" }, { namespace: "b" }, false],
  ["two selectors", { labelSelector: "version=1" }, { labelSelector: "version=2" }, false],
  ["another finalizer", {}, { finalizer: "example.com/other" }, false],
  ["another group", {}, { kind: { group: "other.com", kind: "Echo" } }, false],
  ["another kind", {}, { kind: { group: "example.com", kind: "Other" } }, false],
])("%s clash: %#", (_what, one, other, clashes) => {
  const a = { ...claim, ...one };
  expect(clashingFinalizer([{ ...claim, finalizer: "example.com/unused" }, a], [{ ...claim, ...other }])).toBe(clashes ? a : undefined);
});
