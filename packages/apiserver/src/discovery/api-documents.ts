import { createHash } from "node:crypto";
import type { JsonObject } from "../json-object.ts";
import type { ApiGroup, Registry } from "../registry.ts";
import type { ResourceDescriptor, Subresource } from "../resource-descriptor.ts";

/** `/api`: the versions of the core group. `address` is where the client found the server. */
export function apiVersions(registry: Registry, address: string): JsonObject {
  return {
    kind: "APIVersions",
    versions: registry.groups().find(({ group }) => group === "")?.versions ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
  };
}

/** `/apis`: every group but the core one. */
export function apiGroupList(registry: Registry): JsonObject {
  return { kind: "APIGroupList", apiVersion: "v1", groups: namedGroups(registry).map(groupOf) };
}

/** `/apis/<group>`, or undefined when the server has no such group. */
export function apiGroup(registry: Registry, name: string): JsonObject | undefined {
  const found = namedGroups(registry).find(({ group }) => group === name);
  return found && { kind: "APIGroup", apiVersion: "v1", ...groupOf(found) };
}

/** `/api/v1` and `/apis/<group>/<version>`, or undefined when the server has no such version. */
export function apiResourceList(registry: Registry, group: string, version: string): JsonObject | undefined {
  const descriptors = registry.list().filter((descriptor) => descriptor.group === group && descriptor.version === version);
  const [first] = descriptors;
  if (first === undefined) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: first.apiVersion,
    resources: descriptors
      .toSorted(byPlural)
      .flatMap((descriptor) => [
        resourceOf(registry, descriptor),
        ...descriptor.subresources.map((subresource) => subresourceOf(descriptor, subresource)),
      ]),
  };
}

/** Every group but the core one, in the order of discovery. */
export function namedGroups(registry: Registry): readonly ApiGroup[] {
  return registry.groups().filter(({ group }) => group !== "");
}

export function byPlural(a: ResourceDescriptor, b: ResourceDescriptor): number {
  return a.plural < b.plural ? -1 : a.plural > b.plural ? 1 : 0;
}

function groupOf({ group, versions }: ApiGroup): JsonObject {
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: listed, preferredVersion: listed[0] };
}

function resourceOf(registry: Registry, descriptor: ResourceDescriptor): JsonObject {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = descriptor;
  const hash = storageVersionHash(registry, descriptor);
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(hash !== undefined && { storageVersionHash: hash }),
  };
}

function subresourceOf(descriptor: ResourceDescriptor, { name, body, verbs }: Subresource): JsonObject {
  return {
    name: `${descriptor.plural}/${name}`,
    singularName: "",
    namespaced: descriptor.namespaced,
    ...(isForeign(descriptor, body) && { group: body.group, version: body.version }),
    kind: body.kind,
    verbs,
  };
}

/** A subresource's body that is of another group version than its resource: `autoscaling/v1 Scale`. */
export function isForeign(descriptor: ResourceDescriptor, body: Subresource["body"]): boolean {
  return body.group !== descriptor.group || body.version !== descriptor.version;
}

/**
 * Changes when objects are stored in another version, which tells storage migrators to work. Known only for kinds of a single version.
 * Source: apiserver `endpoints/discovery/storageversionhash.go`.
 */
function storageVersionHash(registry: Registry, { storage, verbs, group, version, kind }: ResourceDescriptor): string | undefined {
  if (!verbs.includes("list") || registry.ofStorage(storage).length > 1) return undefined;
  return createHash("sha256").update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString("base64");
}
