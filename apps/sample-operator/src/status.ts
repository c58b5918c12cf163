import type { Deployment, EndpointSlice } from "operatorkit/kinds";
import { MEMCACHED_PORT } from "./children.ts";
import type { Memcached } from "./memcached.ts";

/** Where the ready servers answer, sorted, so that the same servers always give the same status. */
export function endpointsOf(slices: readonly EndpointSlice[]): string[] {
  const addresses = new Set<string>();
  for (const slice of slices) {
    const port = slice.ports?.find(({ name }) => name === "memcached")?.port ?? MEMCACHED_PORT;
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue;
      for (const address of endpoint.addresses) addresses.add(`${address}:${port}`);
    }
  }
  return [...addresses].sort();
}

/** Available: as many servers answer as were asked for, by a Deployment that has seen the present spec. */
export function availableCondition(memcached: Memcached, deployment: Deployment) {
  const ready = deployment.status?.readyReplicas ?? 0;
  const seen = deployment.status?.observedGeneration === deployment.metadata.generation;
  const available = seen && ready === memcached.spec.size && (deployment.status?.replicas ?? 0) === memcached.spec.size;
  return {
    type: "Available",
    status: available ? "True" : "False",
    reason: available ? "AllServersReady" : ready === 0 ? "NoServerReady" : "Scaling",
    message: `${ready} of ${memcached.spec.size} servers are ready`,
  } as const;
}
