import { Controller } from "@operatorkit/controller";
import { Pod } from "@operatorkit/object/kinds";
import type { Clock } from "@operatorkit/observe";
import { PodAddresses } from "./pod-addresses.ts";
import { podStatus, readyAfterMs } from "./pod-status.ts";

export interface PodControllerOptions {
  readonly clock: Clock;
  /** How long after its creation a pod becomes Ready. */
  readonly podReadyDelayMs: number;
}

/** What is remembered of pods that are gone is forgotten when it is this much more than twice the pods. */
const SPARE_ADDRESSES = 256;

/** Lets pods "run": they get an address and become Ready after a while. No container is started. */
export function podController({ clock, podReadyDelayMs }: PodControllerOptions): Controller<Pod> {
  const addresses = new PodAddresses();
  /** When pods were first seen. */
  const seenMs = new Map<string, number>();
  function forgetAllBut(pods: readonly Pod[]): void {
    const uids = new Set(pods.map(({ metadata }) => metadata.uid ?? ""));
    addresses.retain(uids);
    for (const uid of seenMs.keys()) if (!uids.has(uid)) seenMs.delete(uid);
  }
  return new Controller({
    name: "pod-controller",
    for: Pod,
    async reconcile({ object, cache }) {
      // A pod that has ended stays as it ended.
      if (object.status?.phase === "Succeeded" || object.status?.phase === "Failed") return;
      // KEP-3521: nobody schedules it before its gates are taken off.
      if ((object.spec?.schedulingGates?.length ?? 0) > 0) return;
      const { uid = "", creationTimestamp = "" } = object.metadata;
      const nowMs = clock.now();
      // Timestamps are whole seconds; a pod that was seen when it was new is Ready to the millisecond.
      if (object.status?.startTime === undefined && !seenMs.has(uid)) seenMs.set(uid, nowMs);
      const afterMs = readyAfterMs(object, podReadyDelayMs);
      const readyAtMs = afterMs === undefined ? Number.POSITIVE_INFINITY : (seenMs.get(uid) ?? Date.parse(creationTimestamp)) + afterMs;
      const isReady = nowMs >= readyAtMs;
      if (addresses.size > 2 * cache.list(Pod).length + SPARE_ADDRESSES) forgetAllBut(cache.list(Pod));
      const podIP = addresses.of(uid, object.status?.podIP);
      return {
        status: podStatus({ pod: object, podIP, isReady, nowMs }),
        ...(isReady || !Number.isFinite(readyAtMs) ? {} : { requeueAfterMs: readyAtMs - nowMs }),
      };
    },
  });
}
