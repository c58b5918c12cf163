import { describe, expect, it } from "vitest";
import { thirdPartyKindOf, thirdPartyNameOf, thirdPartyPluralOf } from "./third-party-resource.ts";

describe("third party resources", () => {
  it.each([
    ["cron-tab.example.com", { kind: "CronTab", group: "example.com" }],
    ["sample.myproject.io", { kind: "Sample", group: "myproject.io" }],
    ["a.b.c.d", { kind: "A", group: "b.c.d" }],
    ["sample.io", undefined],
    ["Sample.myproject.io", undefined],
    ["-a.b.c", undefined],
    ["a..c", undefined],
  ])("of the name %j are %j", (name, expected) => {
    expect(thirdPartyKindOf(name)).toEqual(expected);
  });

  it.each(["CronTab", "Sample", "ABc"])("get a name that gives their kind back: %s", (kind) => {
    expect(thirdPartyKindOf(`${thirdPartyNameOf(kind)}.example.com`)?.kind).toBe(kind);
  });

  it.each([
    ["Sample", "samples"],
    ["Policy", "policies"],
    ["Class", "classes"],
    ["KvmEndpoints", "kvmendpoints"],
  ])("have the plural their server makes: %s, %s", (kind, plural) => {
    expect(thirdPartyPluralOf(kind)).toBe(plural);
  });
});
