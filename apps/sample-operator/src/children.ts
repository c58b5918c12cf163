import type { ConfigMap, Deployment, Service } from "operatorkit/kinds";
import type { Memcached } from "./memcached.ts";

export const MEMCACHED_PORT = 11_211;

/** The shared list of caches in a namespace: each Memcached owns one entry of it, and gives it back when it goes. */
export const ADDRESSES = "memcached-addresses";

const labelsFor = ({ metadata }: Memcached) => ({
  "app.kubernetes.io/name": "memcached",
  "app.kubernetes.io/instance": metadata.name,
});

/** The Deployment that runs the servers. */
export function deploymentFor(memcached: Memcached) {
  const { size, memoryMegabytes = 64 } = memcached.spec;
  const labels = labelsFor(memcached);
  const server = {
    name: "memcached",
    image: "memcached:1.6.39-alpine",
    args: ["-m", String(memoryMegabytes)],
    ports: [{ name: "memcached", containerPort: MEMCACHED_PORT, protocol: "TCP" as const }],
    resources: { requests: { memory: `${memoryMegabytes + 16}Mi` } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: memcached.metadata.name, labels },
    spec: {
      replicas: size,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [server] } },
    },
  } satisfies Deployment;
}

/** The headless Service whose name resolves to the servers. */
export function serviceFor(memcached: Memcached) {
  const labels = labelsFor(memcached);
  const port = { name: "memcached", port: MEMCACHED_PORT, targetPort: "memcached", protocol: "TCP" as const };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: memcached.metadata.name, labels },
    spec: { clusterIP: "None", selector: labels, ports: [port] },
  } satisfies Service;
}

/** This Memcached's share of the namespace's address list; released, it is empty, which gives the entry back. */
export function addressEntryFor({ metadata: { name, namespace = "default" } }: Memcached, { released = false } = {}) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: ADDRESSES, namespace },
    data: released ? {} : { [name]: `${name}.${namespace}.svc:${MEMCACHED_PORT}` },
  } satisfies ConfigMap;
}
