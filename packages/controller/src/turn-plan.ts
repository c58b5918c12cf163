import type { KubernetesObject } from "@operatorkit/object";

/**
 * What a turn of a key is about:
 *
 * | object | finalizer is kept | ours is on it | plan, when the object is claimed |
 * |---|---|---|---|
 * | gone | | | `gone` |
 * | there | no | | `reconcile` |
 * | there | yes | yes | `reconcile` |
 * | there | yes | no | `protect`: add the finalizer, then reconcile |
 * | being deleted | no | | `ignore` |
 * | being deleted | yes | yes | `cleanup` |
 * | being deleted | yes | no | `ignore`: cleaned up already, or never ours |
 *
 * One that is there and not claimed is ignored: nothing is added to it and nothing taken off. To be released means the same, except
 * that our finalizer goes, without a cleanup.
 */
export type TurnPlan = "gone" | "reconcile" | "protect" | "cleanup" | "ignore" | "release";

/** Whether an object is this controller's: yes, no, or no longer. */
export type Claim = boolean | "release";

/** @param finalizer the one this controller keeps; `undefined` when it keeps none */
export function planTurn(object: KubernetesObject | undefined, finalizer: string | undefined, claim: Claim = true): TurnPlan {
  if (object === undefined) return "gone";
  if (claim === false) return "ignore";
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const isOurs = finalizer !== undefined && finalizers.includes(finalizer);
  if (claim === "release") return isOurs ? "release" : "ignore";
  if (deletionTimestamp !== undefined) return isOurs ? "cleanup" : "ignore";
  return finalizer === undefined || isOurs ? "reconcile" : "protect";
}
