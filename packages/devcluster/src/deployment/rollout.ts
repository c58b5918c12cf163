import type { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import { rollingLimits } from "./rolling-limits.ts";

/** How many replicas each ReplicaSet of a Deployment should have now: one step of its rollout. */
export interface RolloutStep {
  /** Of the ReplicaSet with the present template. */
  readonly current: number;
  /** Of the older ones that change, by name. */
  readonly older: ReadonlyMap<string, number>;
}

/**
 * One step of a rolling update or a re-creation. Taken again after every change of the ReplicaSets' status it ends with
 * the current ReplicaSet at full size and the older ones at zero, never below `replicas - maxUnavailable` available
 * pods and never above `replicas + maxSurge` pods.
 *
 * Source: kube-controller-manager, `deployment/rolling.go` and `recreate.go`. Left out: proportional scaling of several
 * ReplicaSets while a rollout is paused.
 */
export function rolloutStep(deployment: Deployment, current: ReplicaSet | undefined, older: readonly ReplicaSet[]): RolloutStep {
  const wanted = deployment.spec?.replicas ?? 1;
  const currentNow = current?.spec?.replicas ?? 0;
  const active = older.filter(({ spec }) => (spec?.replicas ?? 1) > 0);

  if (deployment.spec?.strategy?.type === "Recreate") {
    const gone = older.every(({ status }) => (status?.replicas ?? 0) === 0) && active.length === 0;
    return { current: gone ? wanted : currentNow, older: new Map(active.map(({ metadata }) => [metadata.name, 0])) };
  }

  const { maxSurge, maxUnavailable } = rollingLimits(deployment, wanted);
  const olderNow = active.reduce((sum, { spec }) => sum + (spec?.replicas ?? 1), 0);
  const room = wanted + maxSurge - (currentNow + olderNow);
  const nextCurrent = currentNow >= wanted ? wanted : Math.min(wanted, currentNow + Math.max(0, room));

  const currentAvailable = Math.min(current?.status?.availableReplicas ?? 0, currentNow);
  let removable = Math.max(0, currentAvailable + olderNow - (wanted - maxUnavailable));
  const steps = new Map<string, number>();
  for (const { metadata, spec } of [...active].sort(byAge)) {
    const now = spec?.replicas ?? 1;
    const fewer = Math.min(now, removable);
    removable -= fewer;
    if (fewer > 0) steps.set(metadata.name, now - fewer);
  }
  return { current: nextCurrent, older: steps };
}

function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return (
    (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? "") || a.metadata.name.localeCompare(b.metadata.name)
  );
}
