import type { Client, Kind, KubernetesObject } from "operatorkit";

/** How often an object was made and deleted. Objects with generated names are counted together, by who controls them. */
export interface Counts {
  readonly created: number;
  readonly deleted: number;
}

/** Watches some kinds as an outsider, and counts what becomes of each object: the create and delete summary of Sieve. */
export class ChangeCounts {
  readonly #counts = new Map<string, { created: number; deleted: number }>();
  readonly #stop = new AbortController();
  readonly #ends: Promise<void>[] = [];
  /** Changes of any sort. */
  changes = 0;

  private constructor() {}

  /** Resolves when it watches all of them. */
  static async start(client: Client, kinds: readonly Kind[], namespace: string): Promise<ChangeCounts> {
    const counts = new ChangeCounts();
    for (const kind of kinds) await counts.#watch(client, kind, namespace);
    return counts;
  }

  /** Until now; `ConfigMap a` or `Pod worker-*` by what happened to it. */
  summary(): ReadonlyMap<string, Counts> {
    return new Map([...this.#counts].map(([id, counts]) => [id, { ...counts }]));
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error("the counting is over"));
    await Promise.all(this.#ends);
  }

  async #watch(client: Client, kind: Kind, namespace: string): Promise<void> {
    const { signal } = this.#stop;
    const listWatch = client.listWatch(kind, kind.namespaced ? { namespace } : {});
    const { resourceVersion } = await listWatch.list({ limit: 1, signal });
    const stream = await listWatch.watch({ resourceVersion, allowWatchBookmarks: false, timeoutSeconds: 3_600, signal });
    const read = async (): Promise<void> => {
      for await (const events of stream) {
        for (const event of events) {
          if (event.type === "BOOKMARK" || event.type === "ERROR") continue;
          this.#count(event.type, event.entry.object);
        }
      }
    };
    // A kind that goes takes its watch along, and stopping breaks it off.
    this.#ends.push(read().catch(() => {}));
  }

  #count(type: "ADDED" | "MODIFIED" | "DELETED", { kind, metadata }: KubernetesObject): void {
    this.changes += 1;
    const isGenerated = metadata.generateName !== undefined && metadata.generateName !== "";
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)?.name;
    const id = `${kind} ${isGenerated ? `${metadata.generateName}*${owner === undefined ? "" : ` of ${owner}`}` : metadata.name}`;
    const counts = this.#counts.get(id) ?? { created: 0, deleted: 0 };
    if (type === "ADDED") counts.created += 1;
    if (type === "DELETED") counts.deleted += 1;
    this.#counts.set(id, counts);
  }
}
