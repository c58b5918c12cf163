import type { ObjectEntry } from "@operatorkit/api";
import {
  keyOf,
  labelRequirementsOf,
  matchesLabels,
  parseLabelSelector,
  type KubernetesObject,
  type LabelSelector,
  type ObjectKey,
  type ObjectRef,
} from "@operatorkit/object";
import { anObject, checkOptions, having, required } from "@operatorkit/observe/options";
import { objectOf } from "./object-of.ts";
import type { Store } from "./store.ts";

export interface ListerOptions {
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
  /** As the API takes it (`app=web,tier in (a,b)`), or as it stands in a spec. All objects when left out. */
  readonly labelSelector?: string | LabelSelector | undefined;
}

/**
 * Reads the local copy: no request, no promise. Objects are frozen and shared; take `mutableCopy` to change one.
 * It is as new as the informer is; before the informer is synced it finds nothing, or a part.
 */
export class Lister<T extends KubernetesObject> {
  readonly #store: Store<T>;
  readonly #indexPrefix: string;

  /**
   * @param options.indexPrefix goes before every index name that is asked for
   * @throws {TypeError} without a store
   */
  constructor(store: Store<T>, options: { readonly indexPrefix?: string } = {}) {
    checkOptions("Lister", { store, options }, { store: required(A_STORE), options: anObject({}) });
    const { indexPrefix = "" } = options;
    this.#store = store;
    this.#indexPrefix = indexPrefix;
  }

  /** The object, by reference or key. */
  get(ref: ObjectRef | ObjectKey): T | undefined {
    const entry = this.entry(ref);
    return entry === undefined ? undefined : objectOf(entry);
  }

  /** The entry, whose uid and version are known without parsing the object. */
  entry(ref: ObjectRef | ObjectKey): ObjectEntry<T> | undefined {
    return this.#store.get(typeof ref === "string" ? ref : keyOf(ref));
  }

  has(ref: ObjectRef | ObjectKey): boolean {
    return this.entry(ref) !== undefined;
  }

  /** @throws {LabelSelectorError} for a selector that is none */
  list({ namespace, labelSelector }: ListerOptions = {}): T[] {
    const requirements = requirementsOf(labelSelector);
    const entries = namespace === undefined ? this.#store.entries() : this.#store.inNamespace(namespace);
    const objects = Array.from(entries, objectOf);
    return requirements === undefined ? objects : objects.filter(({ metadata }) => matchesLabels(requirements, metadata.labels));
  }

  /** The objects that index `name` files under `value`. Throws for an index that does not exist. */
  byIndex(name: string, value: string): T[] {
    return Array.from(this.#store.byIndex(this.#indexPrefix + name, value), objectOf);
  }

  keys(): ObjectKey[] {
    return Array.from(this.#store.entries(), (entry) => entry.key);
  }

  get size(): number {
    return this.#store.size;
  }

  /** The resource version the copy is at; undefined before the first list. */
  get version(): string | undefined {
    return this.#store.version;
  }
}

const A_STORE = having("a Store", ["get", "entries", "inNamespace", "byIndex"]);

function requirementsOf(selector: string | LabelSelector | undefined): ReturnType<typeof parseLabelSelector> | undefined {
  if (selector === undefined) return undefined;
  return typeof selector === "string" ? parseLabelSelector(selector) : labelRequirementsOf(selector);
}
