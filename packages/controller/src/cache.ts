import type { InformerView } from "@operatorkit/informer";
import type { Kind, KubernetesObject, ObjectKey, ObjectRef, PartialObjectMetadata } from "@operatorkit/object";
import { OWNER_INDEX } from "./owner-key.ts";

/**
 * Reads the local copies of the kinds a controller watches: no request, no promise. Objects are frozen; take `mutableCopy` to
 * change one. Asking for another kind throws: add it to `owns` or `watches`.
 */
export interface Cache {
  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef | ObjectKey): T | undefined;
  /** All of them, or those of one namespace. */
  list<T extends KubernetesObject>(kind: Kind<T>, options?: { readonly namespace?: string }): T[];
  /** The metadata of the same, and of the kinds of which there is nothing else (`onlyMetadata`). */
  readonly metadata: MetadataCache;
}

export interface MetadataCache {
  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef | ObjectKey): PartialObjectMetadata<T> | undefined;
  list<T extends KubernetesObject>(kind: Kind<T>, options?: { readonly namespace?: string }): PartialObjectMetadata<T>[];
}

/** The cache as a reconcile sees it. */
export interface ReconcileCache extends Cache {
  /** The objects of a kind in `owns` that the reconciled object controls. */
  owned<T extends KubernetesObject>(kind: Kind<T>): T[];
  readonly metadata: MetadataCache & { owned<T extends KubernetesObject>(kind: Kind<T>): PartialObjectMetadata<T>[] };
}

/** The views of a controller, by the kind they are of. */
export class ViewCache implements Cache {
  readonly metadata: MetadataCache;
  readonly #controller: string;
  readonly #views: ReadonlyMap<string, InformerView>;

  /** @param views by `kindId` or `metadataId` */
  constructor(controller: string, views: ReadonlyMap<string, InformerView>) {
    this.#controller = controller;
    this.#views = views;
    this.metadata = {
      get: (kind, ref) => this.#metadataView(kind).lister.get(ref),
      list: (kind, options) => this.#metadataView(kind).lister.list(options),
    };
  }

  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef | ObjectKey): T | undefined {
    return this.#view(kind).lister.get(ref);
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options: { readonly namespace?: string } = {}): T[] {
    return this.#view(kind).lister.list(options);
  }

  /** This cache for one object's turn. */
  for(object: KubernetesObject, owns: readonly Kind[]): ReconcileCache {
    const check = (kind: Kind): void => {
      if (owns.some((own) => kindId(own) === kindId(kind))) return;
      throw new TypeError(`controller ${this.#controller}: cache.owned: ${kind.kind} (${kind.apiVersion}) is not in its owns`);
    };
    const uid = object.metadata.uid ?? "";
    return {
      get: (kind, ref) => this.get(kind, ref),
      list: (kind, options) => this.list(kind, options),
      owned: (kind) => {
        check(kind);
        return this.#view(kind).lister.byIndex(OWNER_INDEX, uid);
      },
      metadata: {
        ...this.metadata,
        owned: (kind) => {
          check(kind);
          return this.#metadataView(kind).lister.byIndex(OWNER_INDEX, uid);
        },
      },
    };
  }

  #view<T extends KubernetesObject>(kind: Kind<T>): InformerView<T> {
    const view = this.#views.get(kindId(kind));
    if (view === undefined) {
      const why = this.#views.has(metadataId(kind))
        ? `it keeps only the metadata of ${kind.kind} (${kind.apiVersion}); ask cache.metadata, or leave out onlyMetadata`
        : this.#unknown(kind);
      throw new TypeError(`controller ${this.#controller}: cache: ${why}`);
    }
    // The view is found by the kind, so its objects are the kind's.
    return view as unknown as InformerView<T>;
  }

  #metadataView<T extends KubernetesObject>(kind: Kind<T>): InformerView<PartialObjectMetadata<T>> {
    const view = this.#views.get(kindId(kind)) ?? this.#views.get(metadataId(kind));
    if (view === undefined) throw new TypeError(`controller ${this.#controller}: cache.metadata: ${this.#unknown(kind)}`);
    return view;
  }

  #unknown({ kind, apiVersion }: Kind): string {
    return `it keeps no copy of ${kind} (${apiVersion}); add the kind to owns or watches`;
  }
}

/** What a view is found by. Not by version: another one would be a cache miss that looks like a missing kind. */
export function kindId({ group, version, kind }: Pick<Kind, "group" | "version" | "kind">): string {
  return `${group}/${version}/${kind}`;
}

/** What a view of a kind's metadata alone is found by. */
export function metadataId(kind: Kind): string {
  return `${kindId(kind)} metadata`;
}
