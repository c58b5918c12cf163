import { isConflict, isNotFound, type Runnable, type RunOptions } from "@operatorkit/api";
import type { SharedInformers } from "@operatorkit/informer";
import { Pod } from "@operatorkit/object/kinds";
import { silentLogger, systemClock } from "@operatorkit/observe";
import { WorkQueue } from "@operatorkit/workqueue";
import { keyedTurns } from "../keyed-turns.ts";

/** Ends pods that are given time to stop, as a kubelet does: there is no container to wait for. */
export class PodTerminator implements Runnable {
  readonly name = "pod-terminator";
  readonly #informers: SharedInformers;

  constructor({ informers }: { readonly informers: SharedInformers }) {
    this.#informers = informers;
  }

  async run({ client, signal, clock = systemClock, logger = silentLogger }: RunOptions): Promise<void> {
    const bound = client.with({ signal, fieldManager: this.name });
    const queue = new WorkQueue({ name: this.name, clock });
    const pods = this.#informers.for(Pod);
    pods.onKeys((key, { type, entry }) => {
      if (type !== "delete" && entry.object.metadata.deletionTimestamp !== undefined) queue.add(key);
    });
    try {
      await keyedTurns(queue, {
        concurrency: 4,
        signal,
        logger,
        turn: async (key) => {
          const pod = pods.lister.get(key);
          // Finalizers hold it back after its time, too; deleting it again would change nothing.
          if (pod?.metadata.deletionTimestamp === undefined || (pod.metadata.deletionGracePeriodSeconds ?? 0) === 0) return;
          try {
            await bound.delete(Pod, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid ?? "" } });
          } catch (error) {
            if (!isNotFound(error) && !isConflict(error)) throw error;
          }
        },
      });
    } finally {
      pods.release();
    }
  }
}
