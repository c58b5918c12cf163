import { expect, it } from "vitest";
import { thirdPartyNames } from "./third-party-names.ts";

it.each([
  ["cron-tab.stable.example.com", { group: "stable.example.com", kind: "CronTab", plural: "crontabs" }],
  ["policy.example.com", { group: "example.com", kind: "Policy", plural: "policies" }],
  ["class.example.com", { group: "example.com", kind: "Class", plural: "classes" }],
  ["kvm-endpoints.example.com", { group: "example.com", kind: "KvmEndpoints", plural: "kvmendpoints" }],
  ["tab.example", undefined],
])("a ThirdPartyResource named %s makes %j", (name, expected) => {
  expect(thirdPartyNames(name)).toEqual(expected);
});
