import { ignoreNotFound, type Client, type Runnable, type RunOptions } from "@operatorkit/api";
import type { InformerLease, SharedInformers } from "@operatorkit/informer";
import { refOf, type Kind, type KubernetesObject, type OwnerReference } from "@operatorkit/object";
import { CustomResourceDefinition } from "@operatorkit/object/kinds";
import { silentLogger, systemClock } from "@operatorkit/observe";
import { removeFinalizer } from "@operatorkit/watcher";
import { WorkQueue } from "@operatorkit/workqueue";
import { keyedTurns } from "../keyed-turns.ts";
import { COLLECTABLE, KINDS_REFRESH_MS, resourceOf, type KindSource } from "../kind-source.ts";
import { collectionDecision, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, type OwnerState } from "./collection-decision.ts";
import { OwnerGraph, type GraphNode } from "./owner-graph.ts";

/** Events belong to nobody and are many. */
const IGNORED: ReadonlySet<string> = new Set(["/events", "events.k8s.io/events"]);

/** A CRD that has just come is served a moment later. */
const AFTER_CRD_CHANGE_MS = 100;

/** … and sometimes two. */
const LOOK_AGAIN_MS = 500;

/** The one key of the queue that asks which kinds there are. */
const ALL_KINDS = "kinds";

const WORKERS = 8;

/**
 * Deletes what nobody owns any more, in the background, in the foreground, or leaves it orphaned: as kube-controller-manager's
 * garbage collector does. It watches every kind the server has, also those that come later. Whether an owner is there is
 * asked of the server itself before anything is deleted, so a cache that lags deletes nothing.
 */
export class GarbageCollector implements Runnable {
  readonly name = "garbage-collector";
  readonly #kinds: KindSource;
  readonly #informers: SharedInformers;

  constructor({ kinds, informers }: { readonly kinds: KindSource; readonly informers: SharedInformers }) {
    this.#kinds = kinds;
    this.#informers = informers;
  }

  async run({ client, signal, clock = systemClock, logger = silentLogger }: RunOptions): Promise<void> {
    const bound = client.with({ signal, fieldManager: this.name });
    const graph = new OwnerGraph();
    const queue = new WorkQueue({ name: this.name, clock });
    const leases = new Map<string, InformerLease<KubernetesObject>>();
    const crds = this.#informers.for(CustomResourceDefinition);
    const kinds = new WorkQueue({ name: `${this.name}-kinds`, clock });
    crds.onKeys(() => kinds.addAfter(ALL_KINDS, AFTER_CRD_CHANGE_MS));
    kinds.add(ALL_KINDS);
    const refresh = async (): Promise<{ readonly againAfterMs: number }> => {
      await this.#refresh({ leases, graph, queue, signal });
      // Discovery may tell of a kind later than its CRD does.
      const isComplete = crds.lister
        .list()
        .filter(isEstablished)
        .every(({ spec }) => leases.has(`${spec.group}/${spec.names.plural}`));
      return { againAfterMs: isComplete ? KINDS_REFRESH_MS : LOOK_AGAIN_MS };
    };

    try {
      await Promise.all([
        keyedTurns(kinds, { concurrency: 1, signal, logger, turn: refresh }),
        keyedTurns(queue, { concurrency: WORKERS, signal, logger, turn: (uid) => this.#process(uid, { client: bound, graph, queue }) }),
      ]);
    } finally {
      crds.release();
      for (const lease of leases.values()) lease.release();
    }
  }

  /** Watches kinds that are new and lets go of those that are gone. */
  async #refresh(parts: {
    readonly leases: Map<string, InformerLease<KubernetesObject>>;
    readonly graph: OwnerGraph;
    readonly queue: WorkQueue;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { leases, graph, queue, signal } = parts;
    const kinds = await this.#kinds.kinds({ verbs: COLLECTABLE, signal });
    if (signal.aborted) return;
    const wanted = new Map(
      kinds.map((kind) => [resourceOf(kind), kind]).filter(([resource]) => !IGNORED.has(String(resource))) as [string, Kind][],
    );
    for (const [resource, lease] of leases) {
      if (wanted.has(resource)) continue;
      lease.release();
      leases.delete(resource);
    }
    for (const [resource, kind] of wanted) {
      if (leases.has(resource)) continue;
      const lease = this.#informers.for(kind);
      leases.set(resource, lease);
      lease.onKeys((_key, { type, entry }) => {
        if (type === "delete") onGone(entry.uid, graph, queue);
        else onSeen(kind, entry.object, graph, queue);
      });
      // An owner that went before its kind was watched is told of by nobody: its dependents are asked about once more.
      void lease.synced({ signal }).then(
        () => graph.withUnknownOwner().forEach(({ uid }) => queue.add(uid)),
        () => {},
      );
    }
  }

  async #process(
    uid: string,
    { client, graph, queue }: { readonly client: Client; readonly graph: OwnerGraph; readonly queue: WorkQueue },
  ): Promise<void> {
    const node = graph.get(uid);
    if (node === undefined) return;
    const object = await ignoreNotFound(client.get(node.kind, refOf(node.key)));
    if (object === undefined || object.metadata.uid !== uid) return;
    if (object.metadata.deletionTimestamp !== undefined) return processDeleting({ client, graph, queue, node, object });

    const states = new Map<string, OwnerState>();
    for (const owner of object.metadata.ownerReferences ?? []) states.set(owner.uid, await ownerState(client, object, owner));
    const decision = collectionDecision(object, ({ uid: owner }) => states.get(owner) ?? "present");
    switch (decision.type) {
      case "keep":
        return;
      case "delete":
        await ignoreNotFound(
          client.delete(node.kind, refOf(node.key), { preconditions: { uid }, propagationPolicy: decision.propagationPolicy }),
        );
        return;
      case "drop-owners": {
        const { resourceVersion = "" } = object.metadata;
        const body = { metadata: { ownerReferences: decision.ownerReferences, resourceVersion } };
        await ignoreNotFound(client.patch(node.kind, refOf(node.key), { type: "merge", body }));
      }
    }
  }
}

function isEstablished({ metadata, status }: CustomResourceDefinition): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True") === true
  );
}

function onSeen(kind: Kind, object: KubernetesObject, graph: OwnerGraph, queue: WorkQueue): void {
  const { node, before } = graph.set(kind, object);
  const isHeldByUs = node.isDeleting && (node.finalizers.includes(FOREGROUND_FINALIZER) || node.finalizers.includes(ORPHAN_FINALIZER));
  // A dependent may have let go of an owner that waits for it.
  for (const owner of before?.owners ?? []) if (graph.get(owner.uid)?.isDeleting === true) queue.add(owner.uid);
  if (node.owners.length > 0 || isHeldByUs) queue.add(node.uid);
}

function onGone(uid: string, graph: OwnerGraph, queue: WorkQueue): void {
  for (const owner of graph.get(uid)?.owners ?? []) if (graph.get(owner.uid)?.isDeleting === true) queue.add(owner.uid);
  graph.delete(uid);
  for (const dependent of graph.dependentsOf(uid)) queue.add(dependent.uid);
}

/** An object that waits for its dependents to go, or to be let go of. */
async function processDeleting({
  client,
  graph,
  queue,
  node,
  object,
}: {
  readonly client: Client;
  readonly graph: OwnerGraph;
  readonly queue: WorkQueue;
  readonly node: GraphNode;
  readonly object: KubernetesObject;
}): Promise<void> {
  const finalizers = object.metadata.finalizers ?? [];
  const dependents = graph.dependentsOf(node.uid);
  if (finalizers.includes(ORPHAN_FINALIZER)) {
    for (const dependent of dependents) await letGo(client, dependent, node.uid);
    await removeFinalizer(client, node.kind, object, ORPHAN_FINALIZER);
  } else if (finalizers.includes(FOREGROUND_FINALIZER)) {
    const blocking = dependents.filter(({ owners }) =>
      owners.some(({ uid, blockOwnerDeletion }) => uid === node.uid && blockOwnerDeletion === true),
    );
    if (blocking.length === 0) await removeFinalizer(client, node.kind, object, FOREGROUND_FINALIZER);
    for (const dependent of dependents) queue.add(dependent.uid);
  }
}

/** Takes the owner out of a dependent's references. */
async function letGo(client: Client, dependent: GraphNode, owner: string): Promise<void> {
  const object = await ignoreNotFound(client.get(dependent.kind, refOf(dependent.key)));
  if (object === undefined || object.metadata.uid !== dependent.uid) return;
  const { ownerReferences = [], resourceVersion = "" } = object.metadata;
  const body = { metadata: { ownerReferences: ownerReferences.filter(({ uid }) => uid !== owner), resourceVersion } };
  await ignoreNotFound(client.patch(dependent.kind, refOf(dependent.key), { type: "merge", body }));
}

/** Asks the server. An owner of a kind that is not served is absent; a namespaced owner is looked for in the dependent's namespace. */
async function ownerState(
  client: Client,
  dependent: KubernetesObject,
  { apiVersion, kind, name, uid }: OwnerReference,
): Promise<OwnerState> {
  const ownerKind = await ignoreNotFound(client.resolve({ apiVersion, kind }));
  if (ownerKind === undefined) return "absent";
  const { namespace } = dependent.metadata;
  if (ownerKind.namespaced && namespace === undefined) return "absent";
  const owner = await ignoreNotFound(
    client.get(ownerKind, ownerKind.namespaced && namespace !== undefined ? { namespace, name } : { name }),
  );
  if (owner === undefined || owner.metadata.uid !== uid) return "absent";
  const waits = owner.metadata.deletionTimestamp !== undefined && owner.metadata.finalizers?.includes(FOREGROUND_FINALIZER) === true;
  return waits ? "deleting-dependents" : "present";
}
