import type { KubernetesObject, OwnerReference } from "@operatorkit/object";

export const FOREGROUND_FINALIZER = "foregroundDeletion";
export const ORPHAN_FINALIZER = "orphan";

/** How an owner was found, asked of the API server itself: a cache may not have seen it yet. */
export type OwnerState =
  | "present"
  /** No object of that name, or one with another uid. */
  | "absent"
  /** Waits for its dependents to go first. */
  | "deleting-dependents";

/** What is to be done about one object, told apart by `type`. */
export type CollectionDecision =
  | { readonly type: "keep" }
  /** Nobody who owns it is left. */
  | { readonly type: "delete"; readonly propagationPolicy: "Background" | "Foreground" }
  /** Some owners are gone, others are there: forget the gone ones. */
  | { readonly type: "drop-owners"; readonly ownerReferences: readonly OwnerReference[] };

/**
 * Whether an object is garbage. It is when all its owners are absent, or when those left wait for their dependents to
 * go. Source: kube-controller-manager, `garbagecollector.go` (attemptToDeleteItem).
 */
export function collectionDecision(object: KubernetesObject, stateOf: (owner: OwnerReference) => OwnerState): CollectionDecision {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return { type: "keep" };
  const states = owners.map((owner) => ({ owner, state: stateOf(owner) }));
  const present = states.filter(({ state }) => state === "present");
  if (present.length > 0) {
    return present.length === owners.length
      ? { type: "keep" }
      : { type: "drop-owners", ownerReferences: present.map(({ owner }) => owner) };
  }
  const waitedFor = states.some(({ owner, state }) => state === "deleting-dependents" && owner.blockOwnerDeletion === true);
  return { type: "delete", propagationPolicy: waitedFor ? "Foreground" : "Background" };
}
