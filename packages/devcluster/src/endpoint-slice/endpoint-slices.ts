import type { EndpointSlice, Pod, Service } from "@operatorkit/object/kinds";
import { isReady } from "../replica-set/replica-set-status.ts";
import { safeHash } from "../replica-set/pod-slots.ts";

type Endpoint = NonNullable<EndpointSlice["endpoints"]>[number];
type EndpointPort = NonNullable<EndpointSlice["ports"]>[number];

export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
export const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
export const MANAGER = "endpointslice-controller.devcluster.operatorkit.dev";

/** Endpoints per slice, as kube-controller-manager's default. */
const PER_SLICE = 100;

/**
 * The EndpointSlices a Service with these pods has: none without a selector, at least one with it. Names follow from
 * the Service, so that writing them twice is writing them once.
 *
 * Source: k8s.io/endpointslice. Left out: topology hints, dual stack.
 */
export function endpointSlicesFor(service: Service, pods: readonly Pod[]): EndpointSlice[] {
  const selector = Object.entries(service.spec?.selector ?? {});
  if (selector.length === 0 || service.spec?.type === "ExternalName") return [];
  const selected = pods
    .filter((pod) => selector.every(([key, value]) => pod.metadata.labels?.[key] === value))
    .filter((pod) => (pod.status?.podIP ?? "") !== "" && pod.status?.phase !== "Failed" && pod.status?.phase !== "Succeeded")
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));

  // Pods that resolve a named port differently cannot share a slice.
  const byPorts = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  if (selected.length === 0) byPorts.set("", { ports: portsFor(service, undefined), endpoints: [] });
  for (const pod of selected) {
    const ports = portsFor(service, pod);
    const key = JSON.stringify(ports);
    const group = byPorts.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointFor(service, pod));
    byPorts.set(key, group);
  }

  const groups = [...byPorts.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, group]) => group);
  const chunks = groups.flatMap(({ ports, endpoints }) => chunk(endpoints).map((part) => ({ ports, endpoints: part })));
  return chunks.map(({ ports, endpoints }, index) => slice(service, index, ports, endpoints));
}

function chunk(endpoints: readonly Endpoint[]): Endpoint[][] {
  const chunks: Endpoint[][] = [];
  for (let start = 0; start === 0 || start < endpoints.length; start += PER_SLICE) chunks.push(endpoints.slice(start, start + PER_SLICE));
  return chunks;
}

function slice(service: Service, index: number, ports: EndpointPort[], endpoints: Endpoint[]): EndpointSlice {
  const headless = service.spec?.clusterIP === "None" ? { "service.kubernetes.io/headless": "" } : {};
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service.metadata.name}-${safeHash(`${service.metadata.uid}/${index}`, 5)}`,
      namespace: service.metadata.namespace ?? "default",
      labels: { ...service.metadata.labels, ...headless, [SERVICE_NAME_LABEL]: service.metadata.name, [MANAGED_BY_LABEL]: MANAGER },
    },
    addressType: "IPv4",
    ports,
    endpoints,
  };
}

function endpointFor(service: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return {
    addresses: [pod.status?.podIP ?? ""],
    conditions: { ready: (isReady(pod) || service.spec?.publishNotReadyAddresses) === true, serving, terminating },
    targetRef: {
      kind: "Pod",
      name: pod.metadata.name,
      namespace: pod.metadata.namespace ?? "default",
      uid: pod.metadata.uid ?? "",
    },
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
  };
}

function portsFor(service: Service, pod: Pod | undefined): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const { name = "", port, protocol = "TCP", targetPort = port } of service.spec?.ports ?? []) {
    const number = typeof targetPort === "number" ? targetPort : containerPort(pod, targetPort, protocol);
    if (number !== undefined) ports.push({ name, port: number, protocol });
  }
  return ports;
}

function containerPort(pod: Pod | undefined, name: string, protocol: string): number | undefined {
  for (const container of pod?.spec?.containers ?? []) {
    const port = container.ports?.find((candidate) => candidate.name === name && (candidate.protocol ?? "TCP") === protocol);
    if (port !== undefined) return port.containerPort;
  }
  return undefined;
}
