import { expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { serviceWarnings } from "./service-warnings.ts";

const PLAIN = { type: "ClusterIP", sessionAffinity: "None" };

it.each<[title: string, spec: JsonObject, warnings: readonly string[]]>([
  ["nothing that is in use", PLAIN, []],
  [
    "another name where the type has none",
    { ...PLAIN, externalName: "a.b" },
    ['spec.externalName is ignored when spec.type is not "ExternalName"'],
  ],
  ["the name of an external one", { type: "ExternalName", externalName: "a.b" }, []],
  [
    "affinity without an address",
    { ...PLAIN, clusterIP: "None", sessionAffinity: "ClientIP" },
    ["spec.SessionAffinity is ignored for headless services"],
  ],
  [
    "external addresses",
    { ...PLAIN, externalIPs: ["1.2.3.4"] },
    ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"],
  ],
  [
    "external addresses without one of its own",
    { ...PLAIN, clusterIP: "None", externalIPs: ["1.2.3.4"] },
    ["spec.externalIPs is ignored for headless services"],
  ],
  [
    "external addresses of a name",
    { type: "ExternalName", externalIPs: ["1.2.3.4"] },
    ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
  ],
  [
    "an old distribution",
    { ...PLAIN, trafficDistribution: "PreferClose" },
    ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
  ],
])("a Service is warned of %s", (_title, spec, warnings) => {
  expect(serviceWarnings({ metadata: {}, spec })).toEqual(warnings);
});

it("a Service is warned of an annotation with a newer name", () => {
  expect(serviceWarnings({ metadata: { annotations: { "service.kubernetes.io/topology-aware-hints": "Auto" } }, spec: PLAIN })).toEqual([
    "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead",
  ]);
});
