import type { Pod } from "@operatorkit/object/kinds";

type PodStatus = NonNullable<Pod["status"]>;

/** On a pod: milliseconds until it is Ready, or `never`. Overrides the cluster's setting. */
export const READY_AFTER_ANNOTATION = "devcluster.operatorkit.dev/ready-after-ms";

/** How long after its creation the pod becomes Ready; `undefined` for never. */
export function readyAfterMs(pod: Pod, defaultMs: number): number | undefined {
  const value = pod.metadata.annotations?.[READY_AFTER_ANNOTATION];
  if (value === undefined) return defaultMs;
  const ms = Number(value);
  return value.trim() === "" || !Number.isFinite(ms) || ms < 0 ? undefined : ms;
}

export interface PodStatusInput {
  readonly pod: Pod;
  readonly podIP: string;
  readonly isReady: boolean;
  readonly nowMs: number;
}

/**
 * The status of a pod that "runs": no container is started, but whoever reads the status sees what a kubelet would
 * write. Times of what is unchanged stay as they were.
 */
export function podStatus({ pod, podIP, isReady, nowMs }: PodStatusInput): PodStatus {
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  const startTime = pod.status?.startTime ?? now;
  const condition = (type: string, ready: boolean) => {
    const before = pod.status?.conditions?.find((other) => other.type === type);
    const status = ready ? ("True" as const) : ("False" as const);
    return {
      type,
      status,
      lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
      ...(ready ? {} : { reason: "ContainersNotReady", message: "containers are not ready" }),
    };
  };
  return {
    phase: "Running",
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", true),
      condition("ContainersReady", isReady),
      condition("Ready", isReady),
    ],
    containerStatuses: (pod.spec?.containers ?? []).map(({ name, image }) => ({
      name,
      image: image ?? "",
      imageID: "",
      ready: isReady,
      started: isReady,
      restartCount: 0,
      state: { running: { startedAt: startTime } },
    })),
  };
}
