import type { KubernetesObject, ResourceAction } from "@operatorkit/object";

/** What happened to an object. */
export interface RetryEvent {
  readonly action: ResourceAction;
  readonly object: KubernetesObject | undefined;
}

/** A retry that waits, and the error it waits for. */
export interface PendingRetry extends RetryEvent {
  readonly error: unknown;
}

/**
 * Asked once for each pending retry of an object, before its watcher hears of a new event: shall the retry be dropped?
 */
export type RetryDequeuePolicy = (event: RetryEvent, pending: PendingRetry) => boolean;

/** Drops every pending retry at any new event. */
export const dropAllRetries: RetryDequeuePolicy = () => true;

/**
 * Drops what a new event has made pointless, and keeps what a mere status write must not cancel. The first rule that fits:
 *
 * 1. another object under the same name (different uid): drop, but keep a pending DELETE, which is about the old object;
 * 2. a DELETE: drop;
 * 3. another action than the pending one: keep;
 * 4. the same generation: keep. Objects without one (ConfigMap, Secret, …) are told apart by their resource version;
 * 5. otherwise: drop.
 *
 * Rules 2–5 are grafana-app-sdk's; rule 1 and the resource version of rule 4 repair it: without them an old retry could
 * run against a recreated object, and a stale one of a kind without generations after a newer success.
 */
export const opinionatedRetryDequeuePolicy: RetryDequeuePolicy = (event, pending) => {
  const uid = event.object?.metadata.uid;
  const pendingUid = pending.object?.metadata.uid;
  if (uid !== undefined && pendingUid !== undefined && uid !== pendingUid) return pending.action !== "DELETE";
  if (event.action === "DELETE") return true;
  if (event.action !== pending.action) return false;
  return specVersionOf(event.object) !== specVersionOf(pending.object);
};

/** What tells two specs of one object apart. The prefix keeps a generation from equalling a resource version. */
export function specVersionOf(object: KubernetesObject | undefined): string {
  if (object === undefined) return "";
  const { generation, resourceVersion } = object.metadata;
  return generation === undefined ? `version ${resourceVersion ?? ""}` : `generation ${generation}`;
}
