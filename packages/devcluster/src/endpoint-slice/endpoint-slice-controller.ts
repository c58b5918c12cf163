import { isNotFound } from "@operatorkit/api";
import { Controller, watch, type Cache } from "@operatorkit/controller";
import { EndpointSlice, Pod, Service } from "@operatorkit/object/kinds";
import { endpointSlicesFor, MANAGED_BY_LABEL, MANAGER } from "./endpoint-slices.ts";

/** Keeps EndpointSlices for Services. */
export function endpointSliceController(): Controller<Service> {
  return new Controller({
    name: "endpointslice-controller",
    for: Service,
    owns: [EndpointSlice],
    watches: [watch(Pod, servicesOf)],
    async reconcile({ object, api, own, cache }) {
      const namespace = object.metadata.namespace ?? "";
      const wanted = endpointSlicesFor(object, cache.list(Pod, { namespace }));
      for (const slice of wanted) await api.apply(own(slice));
      const names = new Set(wanted.map(({ metadata }) => metadata.name));
      for (const slice of cache.owned(EndpointSlice)) {
        if (slice.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGER || names.has(slice.metadata.name)) continue;
        await api.delete(EndpointSlice, slice.metadata, { preconditions: { uid: slice.metadata.uid ?? "" } }).catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      }
    },
  });
}

/** The Services whose endpoints a pod's change may touch: those that select its labels. */
function servicesOf(pod: Pod, { cache }: { readonly cache: Cache }) {
  const labels = pod.metadata.labels ?? {};
  return cache
    .list(Service, { namespace: pod.metadata.namespace ?? "" })
    .filter(({ spec }) => spec?.selector !== undefined && Object.entries(spec.selector).every(([key, value]) => labels[key] === value))
    .map(({ metadata }) => metadata);
}
