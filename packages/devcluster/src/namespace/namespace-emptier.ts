import { isNotFound, type Client, type Runnable, type RunOptions } from "@operatorkit/api";
import type { SharedInformers } from "@operatorkit/informer";
import type { Kind } from "@operatorkit/object";
import { Namespace } from "@operatorkit/object/kinds";
import { silentLogger, systemClock } from "@operatorkit/observe";
import { WorkQueue } from "@operatorkit/workqueue";
import { keyedTurns } from "../keyed-turns.ts";
import { COLLECTABLE, type KindSource } from "../kind-source.ts";

const FINALIZER = "kubernetes";
/** What is left in a namespace (held by finalizers) is looked at again this often. */
const LOOK_AGAIN_MS = 200;

/** Empties namespaces that are being deleted, then lets them go: kube-controller-manager's namespace controller. */
export class NamespaceEmptier implements Runnable {
  readonly name = "namespace-controller";
  readonly #kinds: KindSource;
  readonly #informers: SharedInformers;

  constructor({ kinds, informers }: { readonly kinds: KindSource; readonly informers: SharedInformers }) {
    this.#kinds = kinds;
    this.#informers = informers;
  }

  async run({ client, signal, clock = systemClock, logger = silentLogger }: RunOptions): Promise<void> {
    const bound = client.with({ signal, fieldManager: this.name });
    const queue = new WorkQueue({ name: this.name, clock });
    const namespaces = this.#informers.for(Namespace);
    namespaces.onKeys((key, { type, entry }) => {
      if (type !== "delete" && isEmptying(entry.object)) queue.add(key);
    });
    try {
      await keyedTurns(queue, {
        concurrency: 2,
        signal,
        logger,
        turn: async (key) => {
          const namespace = namespaces.lister.get(key);
          if (namespace === undefined || !isEmptying(namespace)) return undefined;
          if (!(await this.#empty(bound, key, signal))) return { againAfterMs: LOOK_AGAIN_MS };
          await release(bound, namespace);
          return undefined;
        },
      });
    } finally {
      namespaces.release();
    }
  }

  /** Asks for everything in the namespace to be deleted; true when nothing is left. */
  async #empty(client: Client, namespace: string, signal: AbortSignal): Promise<boolean> {
    let isEmpty = true;
    for (const kind of await this.#kinds.kinds({ verbs: COLLECTABLE, signal })) {
      if (!kind.namespaced || !(await hasAny(client, kind, namespace))) continue;
      await client.deleteCollection(kind, { namespace, propagationPolicy: "Background" });
      if (await hasAny(client, kind, namespace)) isEmpty = false;
    }
    return isEmpty;
  }
}

function isEmptying({ metadata, spec }: Namespace): boolean {
  return metadata.deletionTimestamp !== undefined && spec?.finalizers?.includes(FINALIZER) === true;
}

async function hasAny(client: Client, kind: Kind, namespace: string): Promise<boolean> {
  for await (const { items } of client.list(kind, { namespace, limit: 1 }).pages()) return items.length > 0;
  return false;
}

async function release(client: Client, namespace: Namespace): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== FINALIZER);
  try {
    await client.update<Namespace>({ ...namespace, spec: { ...namespace.spec, finalizers } }, { subresource: "finalize" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
