import type { JsonObject } from "../json-object.ts";
import type { Registry } from "../registry.ts";
import type { ResourceDescriptor, Subresource } from "../resource-descriptor.ts";
import { byPlural, isForeign, namedGroups } from "./api-documents.ts";

export type AggregatedVersion = "v2" | "v2beta1";

/**
 * Discovery in one document: `/api` is the core group, `/apis` all the others, each with all versions, resources and subresources.
 * Source: KEP-3352.
 */
export function aggregatedDiscovery(registry: Registry, part: "core" | "named", version: AggregatedVersion): JsonObject {
  const groups = part === "core" ? registry.groups().filter(({ group }) => group === "") : namedGroups(registry);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versions.map((name) => ({
        version: name,
        resources: registry
          .list()
          .filter((descriptor) => descriptor.group === group && descriptor.version === name)
          .toSorted(byPlural)
          .map(resourceOf),
        freshness: "Current",
      })),
    })),
  };
}

function resourceOf(descriptor: ResourceDescriptor): JsonObject {
  const { plural, singular, namespaced, verbs, shortNames, categories, subresources, group, version, kind } = descriptor;
  return {
    resource: plural,
    responseKind: responseKind(descriptor, { group, version, kind }),
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map(({ name, body, verbs: allowed }) => ({
        subresource: name,
        responseKind: responseKind(descriptor, body),
        verbs: allowed,
      })),
    }),
  };
}

/** A built-in kind in its own group version leaves both empty, as on the real server; clients fill them in. */
function responseKind(descriptor: ResourceDescriptor, { group, version, kind }: Subresource["body"]): JsonObject {
  return descriptor.origin === "built-in" && !isForeign(descriptor, { group, version, kind })
    ? { group: "", version: "", kind }
    : { group, version, kind };
}
