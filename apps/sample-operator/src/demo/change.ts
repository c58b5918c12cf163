import { findCondition } from "operatorkit";
import type { Deployment, Event, Pod } from "operatorkit/kinds";
import type { Memcached } from "../memcached.ts";

/** One thing that happened, for people. */
export interface Change {
  /** `Memcached default/sessions` */
  readonly subject: string;
  /** What is true of it now. */
  readonly text: string;
}

/** `Available=True, 2 of 2 ready, 2 endpoints` */
export function describeMemcached(memcached: Memcached): string {
  if (memcached.metadata.deletionTimestamp !== undefined) return "going away, cleanup is due";
  const available = findCondition(memcached.status?.conditions, "Available");
  const endpoints = memcached.status?.endpoints?.length ?? 0;
  const isSeen = memcached.status?.observedGeneration === memcached.metadata.generation;
  const state = !isSeen ? "new spec" : available?.status === "True" ? "Ready" : (available?.reason ?? "Unknown");
  return `${state}, ${memcached.status?.ready ?? 0} of ${memcached.spec.size} ready, ${endpoints} endpoint${endpoints === 1 ? "" : "s"}`;
}

/** `2 of 4 ready` */
export function describeDeployment({ spec, status }: Deployment): string {
  return `${status?.readyReplicas ?? 0} of ${spec?.replicas ?? 1} ready`;
}

/** `Running, ready, 10.244.0.7` */
export function describePod(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "going away";
  const ready = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
  return [
    pod.status?.phase ?? "Pending",
    ready ? "ready" : "not ready",
    ...(pod.status?.podIP === undefined ? [] : [pod.status.podIP]),
  ].join(", ");
}

/** `Created: Created Deployment and Service sessions` */
export function describeEvent({ reason, message, count = 1 }: Event): string {
  return `${reason ?? "event"}: ${message ?? ""}${count > 1 ? ` (×${count})` : ""}`;
}
