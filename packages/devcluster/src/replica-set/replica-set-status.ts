import type { Pod, ReplicaSet } from "@operatorkit/object/kinds";

type ReplicaSetStatus = NonNullable<ReplicaSet["status"]>;

/** True when the pod's Ready condition says so and it is not going away. */
export function isReady(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && readyCondition(pod)?.status === "True";
}

function readyCondition(pod: Pod) {
  return pod.status?.conditions?.find(({ type }) => type === "Ready");
}

/** Ready for at least `minReadySeconds`. */
function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const since = readyCondition(pod)?.lastTransitionTime;
  return isReady(pod) && (minReadySeconds === 0 || (since !== undefined && Date.parse(since) + minReadySeconds * 1000 <= nowMs));
}

/** What a ReplicaSet with these pods reports. */
export function replicaSetStatus(replicaSet: ReplicaSet, pods: readonly Pod[], nowMs: number): ReplicaSetStatus {
  const active = pods.filter(
    ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase !== "Failed" && status?.phase !== "Succeeded",
  );
  const labels = Object.entries(replicaSet.spec?.template?.metadata?.labels ?? {});
  const minReadySeconds = replicaSet.spec?.minReadySeconds ?? 0;
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value)).length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
    observedGeneration: replicaSet.metadata.generation ?? 0,
  };
}
