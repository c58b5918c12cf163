import type { InformerView } from "@operatorkit/informer";
import type { Kind, KubernetesObject, ObjectKey, ObjectRef } from "@operatorkit/object";
import { OWNER_INDEX } from "./owner-key.ts";

/**
 * Reads the local copies of the kinds a controller watches: no request, no promise. Objects are frozen; take `mutableCopy` to
 * change one. Asking for another kind throws: add it to `owns` or `watches`.
 */
export interface Cache {
  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef | ObjectKey): T | undefined;
  /** All of them, or those of one namespace. */
  list<T extends KubernetesObject>(kind: Kind<T>, options?: { readonly namespace?: string }): T[];
}

/** The cache as a reconcile sees it. */
export interface ReconcileCache extends Cache {
  /** The objects of a kind in `owns` that the reconciled object controls. */
  owned<T extends KubernetesObject>(kind: Kind<T>): T[];
}

/** The views of a controller, by the kind they are of. */
export class ViewCache implements Cache {
  readonly #controller: string;
  readonly #views: ReadonlyMap<string, InformerView>;

  constructor(controller: string, views: ReadonlyMap<string, InformerView>) {
    this.#controller = controller;
    this.#views = views;
  }

  get<T extends KubernetesObject>(kind: Kind<T>, ref: ObjectRef | ObjectKey): T | undefined {
    return this.#view(kind).lister.get(ref);
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options: { readonly namespace?: string } = {}): T[] {
    return this.#view(kind).lister.list(options);
  }

  /** This cache for one object's turn. */
  for(object: KubernetesObject, owns: readonly Kind[]): ReconcileCache {
    return {
      get: (kind, ref) => this.get(kind, ref),
      list: (kind, options) => this.list(kind, options),
      owned: (kind) => {
        if (!owns.some((own) => kindId(own) === kindId(kind))) {
          throw new TypeError(`controller ${this.#controller}: cache.owned: ${kind.kind} (${kind.apiVersion}) is not in its owns`);
        }
        return this.#view(kind).lister.byIndex(OWNER_INDEX, object.metadata.uid ?? "");
      },
    };
  }

  #view<T extends KubernetesObject>(kind: Kind<T>): InformerView<T> {
    const view = this.#views.get(kindId(kind));
    if (view === undefined) {
      throw new TypeError(
        `controller ${this.#controller}: cache: it keeps no copy of ${kind.kind} (${kind.apiVersion}); add the kind to owns or watches`,
      );
    }
    // The view is found by the kind, so its objects are the kind's.
    return view as unknown as InformerView<T>;
  }
}

/** What a view is found by. Not by version: another one would be a cache miss that looks like a missing kind. */
export function kindId({ group, version, kind }: Pick<Kind, "group" | "version" | "kind">): string {
  return `${group}/${version}/${kind}`;
}
