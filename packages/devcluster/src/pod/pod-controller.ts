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

/** Addresses of pods that are gone are taken back when they are this many more than twice the pods. */
const SPARE_ADDRESSES = 256;

/** Lets pods "run": they get an address and become Ready after a while. No container is started. */
export function podController({ clock, podReadyDelayMs }: PodControllerOptions): Controller<Pod> {
  const addresses = new PodAddresses();
  return new Controller({
    name: "pod-controller",
    for: Pod,
    async reconcile({ object, cache }) {
      // A pod that has ended stays as it ended.
      if (object.status?.phase === "Succeeded" || object.status?.phase === "Failed") return;
      const afterMs = readyAfterMs(object, podReadyDelayMs);
      const readyAtMs = afterMs === undefined ? Number.POSITIVE_INFINITY : Date.parse(object.metadata.creationTimestamp ?? "") + afterMs;
      const nowMs = clock.now();
      const isReady = nowMs >= readyAtMs;
      if (addresses.size > 2 * cache.list(Pod).length + SPARE_ADDRESSES)
        addresses.retain(new Set(cache.list(Pod).map(({ metadata }) => metadata.uid ?? "")));
      const podIP = addresses.of(object.metadata.uid ?? "", object.status?.podIP);
      return {
        status: podStatus({ pod: object, podIP, isReady, nowMs }),
        ...(isReady || !Number.isFinite(readyAtMs) ? {} : { requeueAfterMs: readyAtMs - nowMs }),
      };
    },
  });
}
