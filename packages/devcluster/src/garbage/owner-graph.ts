import { keyOf, type Kind, type KubernetesObject, type ObjectKey, type OwnerReference } from "@operatorkit/object";

/** What the garbage collector remembers of an object. */
export interface GraphNode {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly isDeleting: boolean;
  readonly finalizers: readonly string[];
}

/** Who owns whom, by uid, of everything the collector watches. Pure bookkeeping; it decides nothing. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  /** Takes in an object's present state and returns what was known of it before. */
  set(kind: Kind, object: KubernetesObject): { readonly node: GraphNode; readonly before: GraphNode | undefined } {
    const { uid = "", ownerReferences = [], deletionTimestamp, finalizers = [] } = object.metadata;
    const before = this.#nodes.get(uid);
    for (const owner of before?.owners ?? []) this.#unlink(owner.uid, uid);
    const node = { kind, key: keyOf(object), uid, owners: ownerReferences, isDeleting: deletionTimestamp !== undefined, finalizers };
    this.#nodes.set(uid, node);
    for (const owner of ownerReferences) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set();
      this.#dependents.set(owner.uid, dependents.add(uid));
    }
    return { node, before };
  }

  /** Forgets an object that is gone; its dependents stay linked to its uid. */
  delete(uid: string): void {
    for (const owner of this.#nodes.get(uid)?.owners ?? []) this.#unlink(owner.uid, uid);
    this.#nodes.delete(uid);
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  dependentsOf(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? []);
  }

  /** Objects with an owner that is not known: it is gone, or of a kind that is not watched yet. */
  withUnknownOwner(): GraphNode[] {
    return [...this.#nodes.values()].filter(({ owners }) => owners.some(({ uid }) => !this.#nodes.has(uid)));
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner);
    dependents?.delete(dependent);
    if (dependents?.size === 0) this.#dependents.delete(owner);
  }
}
