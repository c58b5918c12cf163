import type { KubernetesObject } from "@operatorkit/object";

/**
 * What a turn of a key is about:
 *
 * | object | finalizer is kept | ours is on it | plan |
 * |---|---|---|---|
 * | gone | | | `gone` |
 * | there | no | | `reconcile` |
 * | there | yes | yes | `reconcile` |
 * | there | yes | no | `protect`: add the finalizer, then reconcile |
 * | being deleted | no | | `ignore` |
 * | being deleted | yes | yes | `cleanup` |
 * | being deleted | yes | no | `ignore`: cleaned up already, or never ours |
 */
export type TurnPlan = "gone" | "reconcile" | "protect" | "cleanup" | "ignore";

/** @param finalizer the one this controller keeps; `undefined` when it keeps none */
export function planTurn(object: KubernetesObject | undefined, finalizer: string | undefined): TurnPlan {
  if (object === undefined) return "gone";
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const isOurs = finalizer !== undefined && finalizers.includes(finalizer);
  if (deletionTimestamp !== undefined) return isOurs ? "cleanup" : "ignore";
  return finalizer === undefined || isOurs ? "reconcile" : "protect";
}
