import type { Deployment, EndpointSlice } from "operatorkit/kinds";
import { MEMCACHED_PORT } from "./children.ts";
import type { Memcached } from "./memcached.ts";

/** Where the ready servers answer, sorted, so that the same servers always give the same status. */
export function endpointsOf(slices: readonly EndpointSlice[]): string[] {
  const addresses = slices.flatMap(({ endpoints = [], ports = [] }) => {
    const port = ports.find(({ name }) => name === "memcached")?.port ?? MEMCACHED_PORT;
    const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
    return ready.flatMap((endpoint) => endpoint.addresses.map((address) => `${address}:${port}`));
  });
  return [...new Set(addresses)].sort();
}

/** Available: as many servers answer as were asked for, by a Deployment that has seen the present spec. */
export function availableCondition(memcached: Memcached, { metadata, status }: Deployment) {
  const { size } = memcached.spec;
  const ready = status?.readyReplicas ?? 0;
  const isAvailable = status?.observedGeneration === metadata.generation && ready === size && status?.replicas === size;
  return {
    type: "Available",
    status: isAvailable ? "True" : "False",
    reason: isAvailable ? "AllServersReady" : ready === 0 ? "NoServerReady" : "Scaling",
    message: `${ready} of ${size} servers are ready`,
  } as const;
}
