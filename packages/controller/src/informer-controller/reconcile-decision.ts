import type { ResourceAction } from "@operatorkit/object";
import type { MarkFacts } from "@operatorkit/watcher";

/**
 * What an opinionated reconciler does.
 * - `cleanUp`: hand DELETE on, then take our finalizers off
 * - `resync`: hand RESYNC on, then take a leftover in-progress finalizer off
 * - `create`: put the in-progress finalizer on, hand CREATE on, put ours in its place
 * - `protect`: put our finalizer on, then hand the action on
 * - `pass`: hand the action on
 */
export type ReconcileDecision = "ignore" | "cleanUp" | "resync" | "create" | "protect" | "pass";

/**
 * The first row that fits:
 *
 * | action         | deleting | ours | in progress | what follows |
 * |----------------|----------|------|-------------|--------------|
 * | DELETE         | any      | any  | any         | ignore       |
 * | any            | yes      | no   | no          | ignore       |
 * | any            | yes      | yes, or in progress | | cleanUp   |
 * | CREATE         | no       | yes  | any         | resync       |
 * | CREATE         | no       | no   | any         | create       |
 * | UPDATE, RESYNC | no       | yes  | any         | pass         |
 * | UPDATE, RESYNC | no       | no   | yes         | create: it was begun, and not finished |
 * | UPDATE, RESYNC | no       | no   | no          | protect      |
 */
export function decideReconcile(action: ResourceAction, { isDeleting, isOurs, isInProgress }: MarkFacts): ReconcileDecision {
  if (action === "DELETE") return "ignore";
  if (isDeleting) return isOurs || isInProgress ? "cleanUp" : "ignore";
  if (action === "CREATE") return isOurs ? "resync" : "create";
  if (isOurs) return "pass";
  return isInProgress ? "create" : "protect";
}
