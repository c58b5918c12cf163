import { describe, expect, it } from "vitest";
import { compareApiVersions, parseApiVersion } from "./api-version.ts";

describe("API versions", () => {
  it("are ordered by major, stage and number", () => {
    const ordered = ["v1alpha1", "v1alpha2", "v1alpha10", "v1beta1", "v1beta2", "v1", "v2alpha1", "v2beta1", "v2", "v10"];
    expect(ordered.toReversed().toSorted(compareApiVersions)).toEqual(ordered);
    expect(compareApiVersions("v1beta1", "v1beta1")).toBe(0);
  });

  it.each(["", "1", "v0", "v1gamma1", "v1beta", "v1beta0", "v1.2", "V1", "v01"])("know that %j is none", (name) => {
    expect(parseApiVersion(name)).toBeUndefined();
    expect(() => compareApiVersions("v1", name)).toThrow(TypeError);
  });
});
