import type { Change, InformerLease, InformerView, SharedInformers } from "@operatorkit/informer";
import { keyOf, type Kind, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { kindId, metadataId, ViewCache } from "./cache.ts";
import { isOnlyMetadata, kindOf, type WatchedKind } from "./only-metadata.ts";
import { controllerUidOf, groupOf, OWNER_INDEX, ownerKeyOf } from "./owner-key.ts";
import type { Predicate } from "./predicate.ts";
import type { Watch } from "./watch.ts";

export interface SourcesOptions<T extends KubernetesObject> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly owns: readonly WatchedKind[];
  readonly watches: readonly Watch[];
  readonly predicates: readonly Predicate<T>[];
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly informers: SharedInformers;
  /** Told of every change of the controller's own kind, before anything else. */
  readonly onOwnChange: (change: Change<T>) => void;
  /** `key` needs a turn. `initial`: because its object, or one it owns, was there when the controller came. */
  readonly onKey: (key: ObjectKey, initial: boolean) => void;
  /** An object of a kind that is owned or watched is gone; before the keys of the change are told. */
  readonly onGone: (uid: string) => void;
  /** A local copy has moved on; after the keys of the change were told. */
  readonly onChange: () => void;
  /** A predicate or a mapping threw at a change of the object `key`; the change gives nobody a turn. */
  readonly onError: (error: unknown, what: string, key: ObjectKey) => void;
}

/** Where a controller's keys come from: its own kind, the kinds it owns and those it watches. Holds a share of an informer for each. */
export class Sources<T extends KubernetesObject> {
  readonly primary: InformerLease<T>;
  readonly cache: ViewCache;
  readonly #options: SourcesOptions<T>;
  readonly #leases: InformerLease<KubernetesObject>[] = [];
  readonly #views = new Map<string, InformerView>();
  /** By `groupKindId`: writes are told apart by what they are, whatever version they went through. */
  readonly #viewsOfKind = new Map<string, InformerView>();

  constructor(options: SourcesOptions<T>) {
    this.#options = options;
    const { kind, informers, namespace, labelSelector, name } = options;
    this.cache = new ViewCache(name, this.#views);
    try {
      this.primary = informers.for(kind, { ...within(kind, namespace), ...(labelSelector !== undefined && { labelSelector }) });
      this.#keep(this.primary);
      this.#lease(options);
    } catch (error) {
      // Shared informers run on while anybody holds a share of them.
      this.close();
      throw error;
    }
  }

  /** Starts telling of keys. */
  open(): void {
    const { owns, watches } = this.#options;
    const { onOwnChange } = this.#options;
    this.primary.onKeys((key, change) => {
      this.#tell(onOwnChange, key, change);
      if (this.#passes(key, change)) this.#options.onKey(key, change.initial);
      this.#options.onChange();
    });
    for (const own of owns) {
      this.#view(kindOf(own), isOnlyMetadata(own)).onKeys((key, change) => this.#tellOwners(key, change));
    }
    for (const watch of watches) {
      this.#view(watch.kind, watch.metadataOnly === true).onKeys((key, change) => this.#tellMapped(watch, key, change));
    }
  }

  /** Resolves when every copy holds what its first list held. */
  async synced({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    await Promise.all(this.#leases.map((lease) => lease.synced({ signal })));
  }

  /** What is missing, for people. */
  get unsynced(): readonly string[] {
    return this.#leases.filter(({ isSynced }) => !isSynced).map(({ name }) => name);
  }

  /** The copy that will show an object of this kind in this namespace, if there is one. */
  viewOf({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">, inNamespace: string | undefined): InformerView | undefined {
    const { namespace } = this.#options;
    if (namespace !== undefined && inNamespace !== undefined && inNamespace !== namespace) return undefined;
    return this.#viewsOfKind.get(groupKindId(groupOf(apiVersion), kind));
  }

  close(): void {
    for (const lease of this.#leases) lease.release();
  }

  #lease({ owns, watches, informers, namespace }: SourcesOptions<T>): void {
    const indexes = { [OWNER_INDEX]: controllerUidOf };
    for (const own of owns) {
      const owned = kindOf(own);
      const scope = within(owned, namespace);
      if (!isOnlyMetadata(own)) this.#keep(informers.for(owned, scope, { indexes }));
      else this.#keepMetadata(informers.for(owned, { ...scope, metadataOnly: true }, { indexes }));
    }
    // A kind may be owned and watched; it has one view then.
    for (const { kind: watched, metadataOnly = false } of watches) {
      const scope = within(watched, namespace);
      if (this.#views.has(kindId(watched)) || (metadataOnly && this.#views.has(metadataId(watched)))) continue;
      if (!metadataOnly) this.#keep(informers.for(watched, scope));
      else this.#keepMetadata(informers.for(watched, { ...scope, metadataOnly: true }));
    }
  }

  #keep<U extends KubernetesObject>(lease: InformerLease<U>): void {
    // A view only hands objects out, so a view of a kind's objects is a view of objects.
    const view = lease as unknown as InformerLease<KubernetesObject>;
    const { kind } = view;
    this.#leases.push(view);
    this.#views.set(kindId(kind), view);
    this.#viewsOfKind.set(groupKindId(kind.group, kind.kind), view);
  }

  #keepMetadata(lease: InformerLease<KubernetesObject>): void {
    const { kind } = lease;
    this.#leases.push(lease);
    this.#views.set(metadataId(kind), lease);
    // Metadata tells which version a copy holds.
    const id = groupKindId(kind.group, kind.kind);
    if (!this.#viewsOfKind.has(id)) this.#viewsOfKind.set(id, lease);
  }

  #view(kind: Kind, metadataOnly: boolean): InformerView {
    // What wants metadata alone makes do with a whole copy that is there anyway.
    const view = (metadataOnly ? this.#views.get(metadataId(kind)) : undefined) ?? this.#views.get(kindId(kind));
    if (view === undefined) throw new Error(`controller ${this.#options.name}: no view of ${kind.kind}`);
    return view;
  }

  #tell(listener: (change: Change<T>) => void, key: ObjectKey, change: Change<T>): void {
    try {
      listener(change);
    } catch (error) {
      this.#options.onError(error, "onChange failed", key);
    }
  }

  #passes(key: ObjectKey, { type, entry, old }: Change<T>): boolean {
    const { predicates } = this.#options;
    // An object that is gone has its turn always: there is memory to give back. Without predicates nothing is parsed.
    if (type === "delete" || predicates.length === 0) return true;
    try {
      const change = { type, object: entry.object, old: (old ?? entry).object };
      return predicates.every((predicate) => predicate(change));
    } catch (error) {
      this.#options.onError(error, "a predicate failed", key);
      return false;
    }
  }

  #tellOwners(key: ObjectKey, { type, entry, old, initial }: Change): void {
    if (type === "delete") this.#options.onGone(entry.uid);
    try {
      const owner = ownerKeyOf(entry.object, this.#options.kind);
      const before = old === undefined ? undefined : ownerKeyOf(old.object, this.#options.kind);
      if (owner !== undefined) this.#options.onKey(owner, initial);
      if (before !== undefined && before !== owner) this.#options.onKey(before, initial);
    } catch (error) {
      this.#options.onError(error, "reading the owner failed", key);
    }
    this.#options.onChange();
  }

  #tellMapped(watch: Watch, key: ObjectKey, { type, entry, old, initial }: Change): void {
    if (type === "delete") this.#options.onGone(entry.uid);
    const context = { cache: this.cache };
    try {
      const keys = new Set<ObjectKey>();
      for (const ref of watch.map(entry.object, context)) keys.add(keyOf(ref));
      if (old !== undefined && old !== entry) for (const ref of watch.map(old.object, context)) keys.add(keyOf(ref));
      for (const mapped of keys) this.#options.onKey(mapped, initial);
    } catch (error) {
      this.#options.onError(error, "a mapping of watches failed", key);
    }
    this.#options.onChange();
  }
}

function groupKindId(group: string, kind: string): string {
  return `${group}/${kind}`;
}

function within(kind: Kind, namespace: string | undefined): { readonly namespace?: string } {
  return kind.namespaced && namespace !== undefined ? { namespace } : {};
}
