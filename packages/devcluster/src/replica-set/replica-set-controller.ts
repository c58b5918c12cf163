import { isAlreadyExists, isConflict, isNotFound } from "@operatorkit/api";
import { Controller } from "@operatorkit/controller";
import { Pod, ReplicaSet } from "@operatorkit/object/kinds";
import type { Clock } from "@operatorkit/observe";
import { podSlots } from "./pod-slots.ts";
import { replicaSetStatus } from "./replica-set-status.ts";

/** A pod's name may be held by a stranger: looked at again now and then. */
const NAME_TAKEN_RETRY_MS = 1_000;

/** Keeps pods for ReplicaSets. */
export function replicaSetController({ clock }: { readonly clock: Clock }): Controller<ReplicaSet> {
  return new Controller({
    name: "replicaset-controller",
    for: ReplicaSet,
    owns: [Pod],
    async reconcile({ object, api, own, cache }) {
      const namespace = object.metadata.namespace ?? "default";
      const pods = cache.owned(Pod);
      const { missing, surplus } = podSlots(object, pods);
      const template = object.spec?.template;

      let isNameTaken = false;
      for (const name of missing) {
        const { labels = {}, annotations = {} } = template?.metadata ?? {};
        const pod = own<Pod>({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name, namespace, labels, annotations },
          spec: template?.spec ?? { containers: [] },
        });
        await api.create<Pod>(pod).catch((error: unknown) => {
          if (!isAlreadyExists(error)) throw error;
          isNameTaken = true;
        });
      }
      for (const { metadata } of surplus) {
        await api.delete(Pod, metadata, { preconditions: { uid: metadata.uid ?? "" } }).catch((error: unknown) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
      }
      return { status: replicaSetStatus(object, pods, clock.now()), ...(isNameTaken ? { requeueAfterMs: NAME_TAKEN_RETRY_MS } : {}) };
    },
  });
}
