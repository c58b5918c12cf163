import type { ConfigMap, Deployment, Service } from "operatorkit/kinds";
import type { Memcached } from "./memcached.ts";

export const MEMCACHED_PORT = 11_211;

/** The shared list of caches in a namespace: each Memcached owns one entry of it, and gives it back when it goes. */
export const ADDRESSES = "memcached-addresses";

function labelsFor(memcached: Memcached): Record<string, string> {
  return { "app.kubernetes.io/name": "memcached", "app.kubernetes.io/instance": memcached.metadata.name };
}

/** The Deployment that runs the servers. */
export function deploymentFor(memcached: Memcached) {
  const labels = labelsFor(memcached);
  const megabytes = memcached.spec.memoryMegabytes ?? 64;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: memcached.metadata.name, namespace: memcached.metadata.namespace ?? "default", labels },
    spec: {
      replicas: memcached.spec.size,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: "memcached",
              image: "memcached:1.6.39-alpine",
              args: ["-m", String(megabytes)],
              ports: [{ name: "memcached", containerPort: MEMCACHED_PORT, protocol: "TCP" }],
              resources: { requests: { memory: `${megabytes + 16}Mi` } },
            },
          ],
        },
      },
    },
  } satisfies Deployment;
}

/** The headless Service whose name resolves to the servers. */
export function serviceFor(memcached: Memcached) {
  const labels = labelsFor(memcached);
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: memcached.metadata.name, namespace: memcached.metadata.namespace ?? "default", labels },
    spec: {
      clusterIP: "None",
      selector: labels,
      ports: [{ name: "memcached", port: MEMCACHED_PORT, targetPort: "memcached", protocol: "TCP" }],
    },
  } satisfies Service;
}

/** This Memcached's share of the namespace's address list; `undefined` addresses give the entry back. */
export function addressEntryFor(memcached: Memcached, release = false) {
  const namespace = memcached.metadata.namespace ?? "default";
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: ADDRESSES, namespace },
    data: release ? {} : { [memcached.metadata.name]: `${memcached.metadata.name}.${namespace}.svc:${MEMCACHED_PORT}` },
  } satisfies ConfigMap;
}
