import { describe, expect, it } from "vitest";
import { crdReadiness } from "./crd-readiness.ts";
import type { CrdCondition, CustomResourceDefinition } from "./custom-resource-definition.ts";

const is = (type: string, status: string): CrdCondition => ({ type, status, message: `${type} is ${status}` });
const ESTABLISHED = is("Established", "True");

function readinessOf(conditions: readonly CrdCondition[] | undefined, metadata: object = {}): string {
  // Only what is read of it.
  const crd = { metadata, status: conditions === undefined ? {} : { conditions } } as CustomResourceDefinition;
  const readiness = crdReadiness(crd);
  return readiness.type === "refused" ? readiness.code : readiness.type;
}

describe("a CRD", () => {
  it.each<[string, readonly CrdCondition[] | undefined, string]>([
    ["without conditions", undefined, "waiting"],
    ["not established yet", [is("Established", "False")], "waiting"],
    ["established", [is("NamesAccepted", "True"), ESTABLISHED], "established"],
    ["whose names are taken", [is("NamesAccepted", "False"), is("Established", "False")], "NameConflict"],
    ["whose new names are taken", [is("NamesAccepted", "False"), ESTABLISHED], "NameConflict"],
    ["whose schema keeps it from being served", [is("NonStructuralSchema", "True")], "NonStructuralSchema"],
    ["made through v1beta1, which is served as it is", [ESTABLISHED, is("NonStructuralSchema", "True")], "established"],
  ])("%s", (_title, conditions, expected) => {
    expect(readinessOf(conditions)).toBe(expected);
  });

  it("that is being deleted is waited for, established or not", () => {
    expect(readinessOf([ESTABLISHED], { deletionTimestamp: "2026-01-01T00:00:00Z" })).toBe("waiting");
  });
});
