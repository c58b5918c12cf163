import type { AppContext } from "@operatorkit/app-kit";
import { CRD_LABEL, Jinghzhu } from "@operatorkit/replicaset-operator/jinghzhu";
import { alive } from "@operatorkit/replicaset-operator/scaling";
import { perKeyBackoff, runWorkers, WorkQueue } from "@operatorkit/workqueue";
import { EventRecorder, Informer, ignoreNotFound, systemClock, type Clock } from "operatorkit";
import { Pod } from "operatorkit/kinds";
import { podNews, podNewsText } from "./pod-news.ts";

export interface PodOperatorOptions extends Pick<AppContext, "client" | "signal" | "print" | "logger"> {
  readonly namespace: string;
  /** @default 2 */
  readonly workers?: number;
  /** Delete pods that have been Pending for longer, with 10 s of grace. @default never */
  readonly deletePendingAfterMs?: number | undefined;
  readonly clock?: Clock;
}

/** A key that fails has at most four turns in a row. */
const MAX_RETRIES = 3;
const PENDING_GRACE_SECONDS = 10;

/**
 * KubernetesPodOperator, with its queue in use: an informer puts the keys of changed pods into the rate-limited queue "pods", workers take
 * them, read the pod from the informer's lister and tell what is new. When a pod of a Jinghzhu is lost, they say so in an Event of the
 * Jinghzhu; bringing back the pod is the ReplicaSet operator's, which sees the same loss itself.
 */
export async function podOperator(options: PodOperatorOptions): Promise<void> {
  const { client, signal, print, logger, namespace, workers = 2, deletePendingAfterMs, clock = systemClock } = options;
  const informer = new Informer({
    listWatch: client.listWatch(Pod, { namespace }),
    indexes: { [CRD_LABEL]: ({ metadata }) => metadata.labels?.[CRD_LABEL] },
    logger,
    clock,
    onError: (error, { during }) => print(`Pod ${during} failed, trying on: ${error instanceof Error ? error.message : String(error)}`),
  });
  const queue = new WorkQueue({ name: "pods", rateLimiter: perKeyBackoff({ baseMs: 100, maxMs: 5_000 }), clock });
  const events = new EventRecorder({ client, component: "pod-operator", logger, clock });
  /** What was told of each pod; the state of a pod that is gone. */
  const told = new Map<string, Pod>();

  async function turn(key: string): Promise<void> {
    const now = informer.lister.get(key);
    for (const news of podNews(told.get(key), now)) {
      if (news.type === "delete") await tellLoss(news.pod);
      print(podNewsText(news));
    }
    if (now === undefined) told.delete(key);
    else told.set(key, now);
    if (now !== undefined && deletePendingAfterMs !== undefined) await endPending(key, now, deletePendingAfterMs);
  }

  /** Asks for the Jinghzhu as it is now: after a scale-in as many are alive as it desires, and nothing is lost. */
  async function tellLoss({ metadata }: Pod): Promise<void> {
    const name = metadata.labels?.[CRD_LABEL];
    if (name === undefined) return;
    const jinghzhu = await ignoreNotFound(client.get(Jinghzhu, { namespace, name }));
    if (jinghzhu === undefined || jinghzhu.metadata.deletionTimestamp !== undefined) return;
    const left = alive(informer.lister.byIndex(CRD_LABEL, name)).length;
    if (left >= jinghzhu.spec.desired) return;
    const message = `Need to do HA: pod ${metadata.name} is gone, ${left} of ${jinghzhu.spec.desired} are alive`;
    events.record({ regarding: jinghzhu, type: "Warning", reason: "PodLost", message });
  }

  async function endPending(key: string, { metadata, status }: Pod, limitMs: number): Promise<void> {
    if (status?.phase !== "Pending" || metadata.deletionTimestamp !== undefined) return;
    const leftMs = Date.parse(metadata.creationTimestamp ?? "") + limitMs - clock.now();
    if (leftMs > 0) {
      queue.addAfter(key, leftMs);
      return;
    }
    print(`Pod ${metadata.name} has been Pending for ${limitMs / 1000} s: deleting it`);
    const preconditions = { uid: metadata.uid ?? "" };
    await ignoreNotFound(client.delete(Pod, metadata, { gracePeriodSeconds: PENDING_GRACE_SECONDS, preconditions }));
  }

  informer.onKeys((key) => queue.add(key));
  const informing = informer.run({ signal });
  try {
    await informer.synced({ signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await runWorkers(queue, {
      concurrency: workers,
      signal,
      turn: async (key) => {
        try {
          await turn(key);
          queue.forget(key);
        } catch (error) {
          if (signal.aborted) return;
          if (queue.failures(key) < MAX_RETRIES) {
            queue.addRateLimited(key);
          } else {
            queue.forget(key);
            print(`Giving up on pod ${key} until it changes: ${error instanceof Error ? error.message : String(error)}`);
          }
        } finally {
          queue.done(key);
        }
      },
    });
  } finally {
    await queue.shutDown();
    await events.close();
    await informing;
  }
}
