import { Controller, isConditionTrue, watch, type ObjectRef } from "operatorkit";
import { Deployment, EndpointSlice, Service } from "operatorkit/kinds";
import { addressEntryFor, deploymentFor, serviceFor } from "./children.ts";
import { Memcached } from "./memcached.ts";
import { availableCondition, endpointsOf } from "./status.ts";

/** What this operator is about: a Deployment and a headless Service for each Memcached, and an honest status. */
export function memcachedController() {
  return new Controller({
    name: "memcached",
    for: Memcached,
    owns: [Deployment, Service],
    watches: [watch(EndpointSlice, memcachedOf)],
    concurrency: 4,

    async reconcile({ object, api, own, cache, event }) {
      await api.apply(addressEntryFor(object), { fieldManager: addressManager(object) });
      await api.apply(own(serviceFor(object)));
      const before = cache.get(Deployment, object.metadata);
      const deployment = await api.apply<Deployment>(own(deploymentFor(object)));
      if (before === undefined) event("Normal", "Created", `Created Deployment and Service ${deployment.metadata.name}`);
      else if (before.spec?.replicas !== object.spec.size)
        event("Normal", "Scaling", `Scaling from ${before.spec?.replicas ?? 0} to ${object.spec.size} servers`);

      const available = availableCondition(object, deployment);
      if (available.status === "True" && !isConditionTrue(object.status?.conditions, "Available"))
        event("Normal", "Available", available.message);
      const { name, namespace = "" } = object.metadata;
      const slices = cache.list(EndpointSlice, { namespace }).filter((slice) => memcachedOf(slice)[0]?.name === name);
      return {
        status: { ready: deployment.status?.readyReplicas ?? 0, endpoints: endpointsOf(slices) },
        conditions: [available],
      };
    },

    async cleanup({ object, api, event }) {
      await api.apply(addressEntryFor(object, { released: true }), { fieldManager: addressManager(object) });
      event("Normal", "CleanedUp", "Gave back the entry in the shared address list");
    },
  });
}

/** Each Memcached writes its entry of the shared address list under a name of its own, so that it can take back just that. */
const addressManager = ({ metadata }: Memcached): string => `memcached-address-${metadata.uid ?? metadata.name}`;

/** EndpointSlices belong to the Service, not to us: their label leads back to the Memcached of the same name. */
function memcachedOf({ metadata: { namespace, labels } }: EndpointSlice): ObjectRef[] {
  const name = labels?.["kubernetes.io/service-name"];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}
