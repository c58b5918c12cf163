import { describe, expect, it } from "vitest";
import { type ReleaseFeature, serverRelease } from "./server-release.ts";

describe("the release a server behaves as", () => {
  it.each([
    [undefined, 36, "v1.36.3+operatorkit"],
    ["1.6", 6, "v1.6.0+operatorkit"],
    ["v1.15", 15, "v1.15.0+operatorkit"],
    ["1.15.3", 15, "v1.15.3+operatorkit"],
    ["v1.8.4-gke.1", 8, "v1.8.4-gke.1"],
    ["v1.28.3+k3s1", 28, "v1.28.3+k3s1"],
  ])("of %j is 1.%i and calls itself %s", (given, minor, gitVersion) => {
    expect(serverRelease(given)).toMatchObject({ minor, version: { major: "1", minor: String(minor), gitVersion } });
  });

  it.each<[string, string]>([
    ["latest", "such as"],
    ["", "such as"],
    ["2.0", "such as"],
    ["1.15.", "such as"],
    ["1.4", "from 1.5 to 1.36"],
    ["1.37", "from 1.5 to 1.36"],
  ])("is refused when it is %j", (given, why) => {
    expect(() => serverRelease(given)).toThrow(TypeError);
    expect(() => serverRelease(given)).toThrow(new RegExp(`emulateVersion.*${why}`));
  });

  it.each<[ReleaseFeature, readonly string[], readonly string[]]>([
    ["thirdPartyResources", ["1.5", "1.7"], ["1.8", "1.36"]],
    ["crdV1beta1", ["1.7", "1.15", "1.21"], ["1.6", "1.22", "1.36"]],
    ["crdV1", ["1.16", "1.21", "1.36"], ["1.6", "1.15"]],
    ["apply", ["1.16", "1.36"], ["1.15"]],
    ["discoveryV2", ["1.30"], ["1.29"]],
  ])("has %s in %j and not in %j", (feature, there, absent) => {
    expect(there.filter((version) => serverRelease(version).has(feature))).toEqual(there);
    expect(absent.filter((version) => serverRelease(version).has(feature))).toEqual([]);
  });

  it("tells what it emulates only where servers do", () => {
    expect(serverRelease("1.33").version).toMatchObject({ emulationMinor: "33", minCompatibilityMinor: "32" });
    expect(serverRelease("1.32").version).not.toHaveProperty("emulationMinor");
  });
});
