import { ApiError } from "@operatorkit/api";

/** What discovery says of one kind. */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  /** `group/version`, or the version alone in the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `status`, `scale`, `eviction`, … with what each takes. */
  readonly subresources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}

/** One API group. */
export interface ApiGroup {
  /** `""` is the core group. */
  readonly name: string;
  /** The one the server prefers comes first. */
  readonly versions: readonly {
    readonly version: string;
    /** The group's own server could not be asked; this is what it said last, and may be empty. */
    readonly isStale: boolean;
    readonly resources: readonly ApiResource[];
  }[];
}

/** What `accept` asks for: the whole in one answer. Source: KEP-3352. */
export const AGGREGATED_DISCOVERY: string = ["v2", "v2beta1"]
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(",");

interface DiscoveryList {
  readonly kind?: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly DiscoveredResource[];
    }[];
  }[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string; readonly verbs?: readonly string[] }[];
}

/** The groups of an `APIGroupDiscoveryList`. */
export function decodeDiscovery(document: unknown, action: string): ApiGroup[] {
  const { kind, items } = (document ?? {}) as DiscoveryList;
  if (kind !== "APIGroupDiscoveryList" || !Array.isArray(items)) {
    throw new ApiError(`${action}: the server has no aggregated discovery (Kubernetes 1.27 and later do); use kinds() or resolve()`, {
      code: "NotAcceptable",
    });
  }
  return (items as NonNullable<DiscoveryList["items"]>).map(({ metadata, versions = [] }) => {
    const name = metadata?.name ?? "";
    return {
      name,
      versions: versions.map(({ version, freshness, resources = [] }) => ({
        version,
        isStale: freshness === "Stale",
        // A resource without a kind is only the parent of a subresource.
        resources: resources.filter(({ responseKind }) => responseKind?.kind).map((resource) => resourceOf(name, version, resource)),
      })),
    };
  });
}

function resourceOf(group: string, version: string, resource: DiscoveredResource): ApiResource {
  const { responseKind, verbs = [], shortNames = [], categories = [], subresources = [] } = resource;
  const kind = responseKind?.kind ?? "";
  return {
    group,
    version,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    plural: resource.resource,
    singular: resource.singularResource || kind.toLowerCase(),
    namespaced: resource.scope === "Namespaced",
    verbs,
    shortNames,
    categories,
    subresources: subresources.map((part) => ({ name: part.subresource, verbs: part.verbs ?? [] })),
  };
}
