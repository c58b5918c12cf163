import { controllerOf, keyOf, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";

/** The key of the `kind` object that controls `object`, by its owner reference with `controller: true`. */
export function ownerKeyOf(object: KubernetesObject, kind: Kind): ObjectKey | undefined {
  const owner = controllerOf(object);
  // The version may differ: an owner that was applied as v1beta1 is the same object in v1.
  if (owner === undefined || owner.kind !== kind.kind || groupOf(owner.apiVersion) !== kind.group) return undefined;
  if (!kind.namespaced) return owner.name;
  const { namespace } = object.metadata;
  // An owner in a namespace owns nothing outside it. Such a reference is a mistake that garbage collection punishes.
  return namespace === undefined ? undefined : keyOf({ namespace, name: owner.name });
}

/** The uid of what controls `object`: what an index of owned objects files them under. */
export function controllerUidOf(object: KubernetesObject): string | undefined {
  return controllerOf(object)?.uid;
}

/** `apps` of `apps/v1`, and `""` of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

/** The index of owned objects by `controllerUidOf`. */
export const OWNER_INDEX = "controller";
