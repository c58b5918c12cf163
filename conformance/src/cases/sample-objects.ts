import type { JsonBody } from "../raw-http.ts";

/** Small valid objects, each as one writes it in YAML. */
export function configMap(name: string, data: Readonly<Record<string, string>> = { a: "1" }, metadata: JsonBody = {}): JsonBody {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data };
}

export function pod(name: string, metadata: JsonBody = {}): JsonBody {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, ...metadata }, spec: { containers: [{ name: "main", image: "image:1" }] } };
}

export function deployment(name: string, metadata: JsonBody = {}): JsonBody {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, ...metadata }, spec: { replicas: 1, ...podTemplate(name) } };
}

export function replicaSet(name: string, metadata: JsonBody = {}): JsonBody {
  return { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name, ...metadata }, spec: { replicas: 1, ...podTemplate(name) } };
}

export function lease(name: string): JsonBody {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name },
    spec: { holderIdentity: "me", leaseDurationSeconds: 15 },
  };
}

export function service(name: string): JsonBody {
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

export function coreEvent(name: string, namespace: string, about: string): JsonBody {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name: about, uid: `uid-of-${about}` },
    reason: "Started",
    message: "it started",
    type: "Normal",
    source: { component: "test" },
    firstTimestamp: "2026-01-02T03:04:05Z",
    lastTimestamp: "2026-01-02T03:04:05Z",
    count: 1,
  };
}

function podTemplate(app: string): JsonBody {
  return {
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: "main", image: "image:1" }] } },
  };
}

/** Where objects of a built-in namespaced kind are. */
export const paths = {
  configMaps: (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`,
  secrets: (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`,
  pods: (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`,
  services: (namespace: string): string => `/api/v1/namespaces/${namespace}/services`,
  serviceAccounts: (namespace: string): string => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  events: (namespace: string): string => `/api/v1/namespaces/${namespace}/events`,
  newEvents: (namespace: string): string => `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
  deployments: (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  replicaSets: (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  leases: (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
  endpointSlices: (namespace: string): string => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
} as const;

/** An address for Services that none gets unless it asks for it: of the part of the range that is kept for those who do (KEP-3070). */
export const UNGIVEN_ADDRESS = "10.0.0.10";
