import {
  ApiError,
  entryOf,
  type Client,
  type ClientDefaults,
  type EntryPage,
  type ListWatch,
  type ListWatchScope,
  type WatchEvent,
} from "@operatorkit/api";
import { deepFreeze, keyOf, mutableCopy, type Kind, type KubernetesObject, type ObjectRef } from "@operatorkit/object";
import { FakeClient, notFound } from "./fake-client.ts";

/** What was written, in words: `patch Echo default/a`, `apply Echo default/a status as echo`. */
export type WriteLog = string[];

interface Watching {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  push(event: WatchEvent<KubernetesObject>): void;
  /** Ends it as a server does that has forgotten the version it is at. */
  expire(): void;
}

type Hook = (write: {
  readonly verb: string;
  readonly kind: string;
  readonly key: string;
  readonly subresource: string | undefined;
  readonly body: unknown;
}) => void;

/** The objects of a pretended cluster, with just enough of an API server for a controller's unit tests. */
export class FakeCluster {
  readonly writes: WriteLog = [];
  /** Objects that were asked for, one by one. */
  readonly reads: string[] = [];
  /** Throw in it to fail a write before it happens. */
  onWrite: Hook = () => {};
  /** Throw in it to fail a read. */
  onRead: () => void = () => {};
  /** What an apply to a status leaves there, because others own it. */
  keepsInStatus: object = {};
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #kinds = new Map<string, Kind>();
  readonly #watching = new Set<Watching>();
  readonly #held: (() => void)[] = [];
  /** What was sent, for watches that begin with an older version. */
  readonly #sent: {
    readonly version: number;
    readonly kind: string;
    readonly event: WatchEvent<KubernetesObject>;
    readonly namespace: string;
  }[] = [];
  #isHeld: (kind: Kind) => boolean = () => false;
  #version = 100;

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.#kinds.set(`${kind.apiVersion}/${kind.kind}`, kind);
  }

  client(defaults: ClientDefaults = {}): Client {
    return new FakeClient(this, defaults);
  }

  /** Watch events wait until `release`; of this kind, or of all. */
  hold(kind?: Kind): void {
    this.#isHeld = ({ kind: name }) => kind === undefined || kind.kind === name;
  }

  release(): void {
    this.#isHeld = () => false;
    for (const send of this.#held.splice(0)) send();
  }

  /** The events that wait are never sent, and the watches end: copies have to list again. */
  miss(): void {
    this.#held.length = 0;
    this.release();
    for (const watching of this.#watching) watching.expire();
  }

  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef): T | undefined {
    return this.#objects.get(idOf(kind, keyOf(ref))) as T | undefined;
  }

  list<T extends KubernetesObject>(kind: Kind<T>): T[] {
    return [...this.#objects.entries()].filter(([id]) => id.startsWith(`${kind.kind} `)).map(([, object]) => object as T);
  }

  /** Stores an object as somebody else would, filling in what a server fills in. */
  put<T extends KubernetesObject>(object: T): T {
    const kind = this.kindOf(object);
    const id = idOf(kind, keyOf(object));
    const before = this.#objects.get(id);
    this.#version += 1;
    const after = mutableCopy<KubernetesObject>(object);
    after.metadata.resourceVersion = `${this.#version}`;
    after.metadata.uid = before?.metadata.uid ?? `uid-${this.#version}`;
    const isSpecChanged =
      JSON.stringify((before as { spec?: unknown } | undefined)?.spec) !== JSON.stringify((object as { spec?: unknown }).spec);
    const isMarked = object.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
    after.metadata.generation = before === undefined ? 1 : (before.metadata.generation ?? 1) + (isSpecChanged || isMarked ? 1 : 0);
    if (after.metadata.deletionTimestamp !== undefined && (after.metadata.finalizers ?? []).length === 0) {
      this.#objects.delete(id);
      this.#send(kind, "DELETED", after);
      return after as unknown as T;
    }
    const stored = deepFreeze(after);
    this.#objects.set(id, stored);
    this.#send(kind, before === undefined ? "ADDED" : "MODIFIED", stored);
    return stored as unknown as T;
  }

  /** Deletes, or marks for deletion what carries finalizers. */
  remove(kind: Kind, ref: ObjectRef): void {
    const object = this.#objects.get(idOf(kind, keyOf(ref)));
    if (object === undefined) throw notFound("delete", kind, ref);
    this.put({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: object.metadata.deletionTimestamp ?? "2026-01-01T00:00:00Z" },
    });
  }

  /** Takes an object away with its finalizers on it, as kube-apiserver does when one is added while it deletes. */
  lose(kind: Kind, ref: ObjectRef): void {
    this.hide(kind, ref);
    this.#objects.delete(idOf(kind, keyOf(ref)));
  }

  /** Watches are told that an object is gone, as when it leaves their selector. */
  hide(kind: Kind, ref: ObjectRef): void {
    const object = this.#objects.get(idOf(kind, keyOf(ref)));
    if (object === undefined) throw notFound("hide", kind, ref);
    this.#version += 1;
    this.#send(kind, "DELETED", { ...object, metadata: { ...object.metadata, resourceVersion: `${this.#version}` } });
  }

  kindOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Kind {
    const found = this.#kinds.get(`${apiVersion}/${kind}`);
    if (found === undefined) throw new Error(`the fake cluster has no kind ${kind} (${apiVersion})`);
    return found;
  }

  listWatch<T extends KubernetesObject>(kind: Kind<T>, { namespace, metadataOnly = false }: ListWatchScope = {}): ListWatch<T> {
    const sent = metadataOnly ? metadataOf : <U>(object: U): U => object;
    return {
      kind,
      list: async (): Promise<EntryPage<T>> => ({
        entries: this.list(kind)
          .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
          .map((object) => entryOf(sent(object))),
        resourceVersion: `${this.#version}`,
      }),
      watch: async ({ signal, resourceVersion }) =>
        this.#watch(kind, namespace, { signal, since: Number(resourceVersion ?? this.#version), sent }),
    };
  }

  #send(kind: Kind, type: "ADDED" | "MODIFIED" | "DELETED", object: KubernetesObject): void {
    const event: WatchEvent<KubernetesObject> = { type, entry: entryOf(object) };
    const version = this.#version;
    const send = (): void => {
      this.#sent.push({ version, kind: kind.kind, event, namespace: object.metadata.namespace ?? "" });
      for (const watching of this.#watching) {
        const isSeen =
          watching.kind.kind === kind.kind && (watching.namespace === undefined || watching.namespace === object.metadata.namespace);
        if (isSeen) watching.push(event);
      }
    };
    if (this.#isHeld(kind)) this.#held.push(send);
    else send();
  }

  async *#watch<T extends KubernetesObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    { signal, since, sent: shaped }: { readonly signal: AbortSignal; readonly since: number; readonly sent: (object: T) => T },
  ): AsyncGenerator<WatchEvent<T>[]> {
    const missed = this.#sent.filter(
      (sent) => sent.version > since && sent.kind === kind.kind && (namespace === undefined || namespace === sent.namespace),
    );
    const events = missed.map(({ event }) => event) as WatchEvent<T>[];
    let wake: (() => void) | undefined;
    let hasExpired = false;
    const watching: Watching = {
      kind,
      namespace,
      push(event) {
        events.push(event as WatchEvent<T>);
        wake?.();
      },
      expire() {
        hasExpired = true;
        wake?.();
      },
    };
    const onAbort = (): void => wake?.();
    this.#watching.add(watching);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        if (hasExpired) throw new ApiError("watch: too old resource version", { code: "Expired", status: 410 });
        if (events.length > 0)
          yield events.splice(0).map((event) => ("entry" in event ? { ...event, entry: entryOf(shaped(event.entry.object)) } : event));
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watching.delete(watching);
      signal.removeEventListener("abort", onAbort);
    }
  }
}

/** As the server sends it to who asks for no more. */
function metadataOf<T extends KubernetesObject>({ apiVersion, kind, metadata }: T): T {
  return { apiVersion, kind, metadata } as T;
}

function idOf(kind: Kind, key: string): string {
  return `${kind.kind} ${key}`;
}
