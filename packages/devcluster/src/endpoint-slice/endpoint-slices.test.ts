import type { Pod, Service } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { endpointSlicesFor, SERVICE_NAME_LABEL } from "./endpoint-slices.ts";

const service: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default", uid: "s-1", labels: { team: "a" } },
  spec: { clusterIP: "None", selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
};

function pod(name: string, { ready = true, ip = "10.244.0.1", port = 8080, labels = { app: "web" }, deleting = false } = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: name, labels, ...(deleting ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    spec: { containers: [{ name: "c", ports: [{ name: "http", containerPort: port }] }] },
    status: { phase: "Running", podIP: ip, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}
const addresses = (slices: ReturnType<typeof endpointSlicesFor>) =>
  slices.map(({ endpoints }) => (endpoints ?? []).flatMap((endpoint) => endpoint.addresses));

it("lists the selected pods with an address, by name", () => {
  const slices = endpointSlicesFor(service, [
    pod("b", { ip: "10.244.0.2" }),
    pod("a"),
    pod("other", { labels: { app: "db" } }),
    pod("new", { ip: "" }),
  ]);
  expect(addresses(slices)).toEqual([["10.244.0.1", "10.244.0.2"]]);
  expect(slices[0]?.metadata.labels).toMatchObject({ team: "a", [SERVICE_NAME_LABEL]: "web", "service.kubernetes.io/headless": "" });
  expect(slices[0]?.ports).toEqual([{ name: "http", port: 8080, protocol: "TCP" }]);
});

it("says which endpoints are ready, serving and going away", () => {
  const [slice] = endpointSlicesFor(service, [pod("a", { ready: false }), pod("b", { deleting: true })]);
  expect(slice?.endpoints?.map(({ conditions }) => conditions)).toEqual([
    { ready: false, serving: false, terminating: false },
    { ready: false, serving: true, terminating: true },
  ]);
});

it("has one empty slice when no pod is selected, and none without a selector", () => {
  expect(addresses(endpointSlicesFor(service, []))).toEqual([[]]);
  expect(endpointSlicesFor({ ...service, spec: { ports: [{ port: 80 }] } }, [pod("a")])).toEqual([]);
});

it("splits endpoints that resolve a named port differently", () => {
  const slices = endpointSlicesFor(service, [pod("a"), pod("b", { port: 9090 })]);
  expect(slices.map(({ ports }) => ports?.[0]?.port)).toEqual([8080, 9090]);
  expect(new Set(slices.map(({ metadata }) => metadata.name)).size).toBe(2);
});

it("keeps at most a hundred endpoints in a slice, under names that stay the same", () => {
  const pods = Array.from({ length: 250 }, (_, i) => pod(`p-${String(i).padStart(3, "0")}`, { ip: `10.244.1.${i}` }));
  const slices = endpointSlicesFor(service, pods);
  expect(slices.map(({ endpoints }) => endpoints?.length)).toEqual([100, 100, 50]);
  expect(endpointSlicesFor(service, [...pods].reverse())).toEqual(slices);
});
