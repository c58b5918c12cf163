import { describe, expect, it } from "vitest";
import { isAtLeast, parseServerRelease } from "./server-release.ts";

describe("parseServerRelease", () => {
  it.each([
    ["v1.36.3", { major: 1, minor: 36, patch: 3 }],
    ["v1.7.0-beta.1", { major: 1, minor: 7, patch: 0, prerelease: "beta.1" }],
    ["v1.8.4-gke.1", { major: 1, minor: 8, patch: 4 }],
    ["v1.28.3+k3s1", { major: 1, minor: 28, patch: 3 }],
    ["v1.29.1-eks-508b6b3", { major: 1, minor: 29, patch: 1 }],
    ["v1.21.0-rc.2+abc", { major: 1, minor: 21, patch: 0, prerelease: "rc.2" }],
    ["1.7", { major: 1, minor: 7, patch: 0 }],
    ["latest", undefined],
    ["", undefined],
  ])("reads %j", (text, expected) => {
    expect(parseServerRelease(text)).toEqual(expected);
  });
});

describe("isAtLeast", () => {
  it.each([
    ["v1.7.0", true],
    ["v1.7.0-beta.1", false],
    ["v1.7.1-beta.1", true],
    ["v1.7.0-gke.1", true],
    ["v1.6.13", false],
    ["v2.0.0", true],
    ["v0.9.0", false],
  ])("of %s and 1.7 is %s", (text, expected) => {
    const release = parseServerRelease(text);
    expect(release !== undefined && isAtLeast(release, 1, 7)).toBe(expected);
  });
});
