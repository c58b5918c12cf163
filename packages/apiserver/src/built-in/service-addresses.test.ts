import { expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { allocateServiceAddresses } from "./service-addresses.ts";

function service(uid: string, spec: JsonObject): JsonObject {
  return { metadata: { uid }, spec: { type: "ClusterIP", ...spec } };
}

it("an address that is taken is passed over, and one that is asked for twice is refused", () => {
  const one = service("1", {});
  allocateServiceAddresses(one, undefined, [], () => 0);
  expect(one["spec"]).toMatchObject({
    clusterIP: "10.96.1.0",
    clusterIPs: ["10.96.1.0"],
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
  });
  const values = [0, 0.5];
  const two = service("2", {});
  allocateServiceAddresses(two, undefined, [one], () => values.shift() ?? 0);
  expect((two["spec"] as JsonObject)["clusterIP"]).toBe("10.104.0.127");
  const three = service("3", { clusterIP: "10.96.1.0" });
  expect(allocateServiceAddresses(three, undefined, [one], () => 0)).toMatchObject([
    { field: "spec.clusterIPs", reason: "FieldValueInvalid" },
  ]);
});

it("a headless service keeps None, an external one gets nothing", () => {
  const headless = service("1", { clusterIP: "None" });
  allocateServiceAddresses(headless, undefined, [], () => 0);
  expect(headless["spec"]).toMatchObject({ clusterIP: "None", clusterIPs: ["None"] });
  const external = service("2", { type: "ExternalName", externalName: "a.b" });
  allocateServiceAddresses(external, undefined, [], () => 0);
  expect(external["spec"]).toEqual({ type: "ExternalName", externalName: "a.b" });
});

it("node ports are handed out once", () => {
  const one = service("1", { type: "NodePort", ports: [{ port: 1 }, { port: 2 }] });
  allocateServiceAddresses(one, undefined, [], () => 0);
  expect((one["spec"] as { ports: JsonObject[] }).ports.map((port) => port["nodePort"])).toEqual([30_000, 30_001]);
  const two = service("2", { type: "NodePort", ports: [{ port: 1, nodePort: 30_001 }] });
  expect(allocateServiceAddresses(two, undefined, [one], () => 0.9)).toMatchObject([{ field: "spec.ports[0].nodePort" }]);
});
