import type { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import { rollingLimits } from "./rolling-limits.ts";

type DeploymentStatus = NonNullable<Deployment["status"]>;
type DeploymentCondition = NonNullable<DeploymentStatus["conditions"]>[number];

/**
 * What a Deployment with these ReplicaSets reports. Source: kube-controller-manager, `deployment/sync.go`.
 */
export function deploymentStatus(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  older: readonly ReplicaSet[],
  nowMs: number,
): DeploymentStatus {
  const all = current === undefined ? older : [current, ...older];
  const sum = (count: (status: NonNullable<ReplicaSet["status"]>) => number | undefined): number =>
    all.reduce((total, { status }) => total + (status === undefined ? 0 : (count(status) ?? 0)), 0);
  const wanted = deployment.spec?.replicas ?? 1;
  const replicas = sum((status) => status.replicas);
  const available = sum((status) => status.availableReplicas);
  const updated = current?.status?.replicas ?? 0;
  const enough = available >= wanted - rollingLimits(deployment, wanted).maxUnavailable;
  const done = updated === wanted && replicas === wanted && available === wanted;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: updated,
    readyReplicas: sum((status) => status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
    conditions: [
      condition(deployment, nowMs, {
        type: "Available",
        status: enough ? "True" : "False",
        reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
      }),
      condition(deployment, nowMs, {
        type: "Progressing",
        status: "True",
        reason: done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
        message: `ReplicaSet "${current?.metadata.name ?? "none yet"}" ${done ? "has successfully progressed." : "is progressing."}`,
      }),
    ],
  };
}

/** Keeps the times of a condition that says the same as before. */
function condition(
  deployment: Deployment,
  nowMs: number,
  next: Pick<DeploymentCondition, "type" | "status"> & { readonly reason: string; readonly message: string },
): DeploymentCondition {
  const before = deployment.status?.conditions?.find(({ type }) => type === next.type);
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const same = before?.status === next.status && before.reason === next.reason && before.message === next.message;
  return {
    ...next,
    lastUpdateTime: same ? (before.lastUpdateTime ?? now) : now,
    lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? now) : now,
  };
}
