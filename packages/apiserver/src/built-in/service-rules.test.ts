import { describe, expect, it, test } from "vitest";
import { type JsonObject, objectAt } from "../json-object.ts";
import type { RuleContext } from "../resource-descriptor.ts";
import { SERVICE } from "./service-rules.ts";

const RULE: RuleContext = { operation: "update", subresource: undefined, nowMs: 0, dryRun: false };
const ADDRESS = { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1"], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" };
const PLAIN = { type: "ClusterIP", ...ADDRESS, ports: [{ name: "a", port: 80 }] };
const BALANCED = {
  type: "LoadBalancer",
  ...ADDRESS,
  allocateLoadBalancerNodePorts: true,
  externalTrafficPolicy: "Local",
  healthCheckNodePort: 30_001,
  ports: [{ name: "a", port: 80, nodePort: 30_000 }],
};

/** The spec as an update leaves it, and what is wrong with it. */
function updated(before: JsonObject, spec: JsonObject): { spec: JsonObject; problems: readonly string[] } {
  const service: JsonObject = { metadata: { name: "s" }, spec: structuredClone(spec), status: { loadBalancer: {} } };
  const old: JsonObject = { metadata: { name: "s" }, spec: before, status: { loadBalancer: {} } };
  SERVICE.prepareForUpdate?.(service, old, RULE);
  const problems = SERVICE.validate?.(service, old, RULE) ?? [];
  return { spec: objectAt(service, "spec"), problems: problems.map(({ field }) => field) };
}

describe("an update of a Service", () => {
  test.each<[title: string, before: JsonObject, sent: JsonObject, result: JsonObject]>([
    ["keeps the address it leaves out", PLAIN, { type: "ClusterIP", ports: PLAIN.ports, ipFamilies: ["IPv4"] }, PLAIN],
    ["to no balancer lets go of what balancers have", BALANCED, { ...BALANCED, type: "ClusterIP" }, PLAIN],
    [
      "to an external name lets go of the address",
      PLAIN,
      { ...PLAIN, type: "ExternalName", externalName: "a.b" },
      { type: "ExternalName", externalName: "a.b", ports: PLAIN.ports },
    ],
    [
      "that turns off node ports keeps those there are",
      BALANCED,
      { ...BALANCED, allocateLoadBalancerNodePorts: false },
      { ...BALANCED, allocateLoadBalancerNodePorts: false },
    ],
  ])("%s", (_, before, sent, result) => {
    expect(updated(before, sent)).toEqual({ spec: result, problems: [] });
  });

  test.each<[title: string, before: JsonObject, sent: JsonObject, field: string]>([
    ["cannot change the address", PLAIN, { ...PLAIN, clusterIP: "10.0.0.2" }, "spec.clusterIPs[0]"],
    ["cannot change the list of addresses alone", PLAIN, { ...PLAIN, clusterIPs: ["10.0.0.2"] }, "spec.clusterIPs"],
    [
      "cannot take the address away with the type",
      BALANCED,
      { type: "ClusterIP", clusterIP: "None", ports: PLAIN.ports },
      "spec.clusterIPs[0]",
    ],
    ["cannot change the class of a balancer", BALANCED, { ...BALANCED, loadBalancerClass: "x.y/z" }, "spec.loadBalancerClass"],
  ])("%s", (_, before, sent, field) => {
    expect(updated(before, sent).problems).toEqual([field]);
  });

  it("moves node ports with the names of the ports, and gives none to a new name", () => {
    const before = {
      ...BALANCED,
      ports: [
        { name: "a", port: 80, nodePort: 30_000 },
        { name: "b", port: 81, nodePort: 30_002 },
      ],
    };
    const { spec } = updated(before, {
      ...BALANCED,
      ports: [
        { name: "b", port: 80 },
        { name: "c", port: 81 },
      ],
    });
    expect(spec["ports"]).toEqual([
      { name: "b", port: 80, nodePort: 30_002 },
      { name: "c", port: 81 },
    ]);
  });
});
