import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";

/** Under which values an index files an object; `undefined` or an empty list files it nowhere. */
export type IndexFunction<T extends KubernetesObject> = (object: T) => string | readonly string[] | undefined;

/** One index: value to keys, and back so that a changed object leaves the values it no longer has. */
export class StoreIndex<T extends KubernetesObject> {
  readonly #valuesOf: (entry: ObjectEntry<T>) => string | readonly string[] | undefined;
  readonly #onError: (error: unknown, entry: ObjectEntry<T>) => void;
  readonly #keysByValue = new Map<string, Set<ObjectKey>>();
  readonly #valuesByKey = new Map<ObjectKey, string | readonly string[]>();

  constructor(
    valuesOf: (entry: ObjectEntry<T>) => string | readonly string[] | undefined,
    onError: (error: unknown, entry: ObjectEntry<T>) => void = () => {},
  ) {
    this.#valuesOf = valuesOf;
    this.#onError = onError;
  }

  /** A snapshot: changing the store while iterating is safe. */
  keysOf(value: string): readonly ObjectKey[] {
    return [...(this.#keysByValue.get(value) ?? [])];
  }

  set(entry: ObjectEntry<T>): void {
    this.delete(entry.key);
    let values: string | readonly string[] | undefined;
    try {
      values = this.#valuesOf(entry);
    } catch (error) {
      this.#onError(error, entry);
      return;
    }
    // An empty string is a value.
    if (values === undefined || (values.length === 0 && values !== "")) return;
    this.#valuesByKey.set(entry.key, values);
    for (const value of each(values)) {
      const keys = this.#keysByValue.get(value);
      if (keys === undefined) this.#keysByValue.set(value, new Set([entry.key]));
      else keys.add(entry.key);
    }
  }

  delete(key: ObjectKey): void {
    const values = this.#valuesByKey.get(key);
    if (values === undefined) return;
    this.#valuesByKey.delete(key);
    for (const value of each(values)) {
      const keys = this.#keysByValue.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysByValue.delete(value);
    }
  }
}

function each(values: string | readonly string[]): readonly string[] {
  return typeof values === "string" ? [values] : values;
}
