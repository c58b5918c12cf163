/**
 * A map from key to ordered list, for work that waits per key.
 *
 * Iteration sees a list as it was when it began, and every callback may change the map, its own key included. Removing the last item of a
 * key leaves the key with an empty list: only `removeKey` forgets a key.
 *
 * Source: grafana-app-sdk `operator/listmap.go`. Different here: an index below zero is "not found" instead of a panic, and no locks are
 * needed, so callbacks cannot deadlock.
 */
export class ListMap<Item, Key = string> {
  /**
   * Lists only grow in place; whatever takes something out stores a new array. So an array and the length it had are a snapshot.
   */
  readonly #lists = new Map<Key, Item[]>();

  /** Appends the items in order. Creates the key if it is not there, even without items. */
  addItem(key: Key, ...items: readonly Item[]): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [...items]);
    else for (const item of items) list.push(item);
  }

  /** The item at `index`; `undefined` when the key or the index is not there. */
  itemAt(key: Key, index: number): Item | undefined {
    return this.#lists.get(key)?.[index];
  }

  /** Calls `visit` for each item of a key, in order. */
  range(key: Key, visit: (index: number, item: Item) => void): void {
    const list = this.#lists.get(key) ?? [];
    visitSnapshot(list, list.length, visit);
  }

  /** Calls `visit` for each item of each key: the items of a key in order, the keys in none you should rely on. */
  rangeAll(visit: (key: Key, index: number, item: Item) => void): void {
    const snapshots = Array.from(this.#lists, ([key, list]) => ({ key, list, length: list.length }));
    for (const { key, list, length } of snapshots) visitSnapshot(list, length, (index, item) => visit(key, index, item));
  }

  /** All keys, those with empty lists too, in no order you should rely on. */
  keys(): Key[] {
    return [...this.#lists.keys()];
  }

  /** The number of keys. */
  size(): number {
    return this.#lists.size;
  }

  /** The number of items of a key: 0 when it is not there. */
  keySize(key: Key): number {
    return this.#lists.get(key)?.length ?? 0;
  }

  /** Forgets a key and its items. */
  removeKey(key: Key): void {
    this.#lists.delete(key);
  }

  /** Removes the item at `index`; does nothing when the key or the index is not there. */
  removeItemAt(key: Key, index: number): void {
    const list = this.#lists.get(key);
    if (list !== undefined && index >= 0 && index < list.length) this.#lists.set(key, list.toSpliced(index, 1));
  }

  /** Removes the first item that matches. Returns whether there was one. */
  removeItem(key: Key, match: (item: Item) => boolean): boolean {
    return this.removeItems(key, match, 1) === 1;
  }

  /**
   * Removes the first `limit` items that match, or all of them without a limit (or with one below 1). Returns how many were removed.
   * Items are removed after `match` has seen all it needs to see; it is not asked again once the limit is reached.
   */
  removeItems(key: Key, match: (item: Item) => boolean, limit = 0): number {
    const list = this.#lists.get(key) ?? [];
    const { length } = list;
    const found = new Set<number>();
    const most = limit < 1 ? Infinity : limit;
    for (let index = 0; index < length && found.size < most; index++) {
      if (match(list[index] as Item)) found.add(index); // The index is below the length, so there is an item (it may be undefined).
    }
    return found.size === 0 ? 0 : this.#remove(key, list, found);
  }

  #remove(key: Key, list: readonly Item[], found: ReadonlySet<number>): number {
    const current = this.#lists.get(key);
    if (current === undefined) return 0;
    if (current === list) {
      this.#lists.set(
        key,
        current.filter((_, index) => !found.has(index)),
      );
      return found.size;
    }
    // `match` itself took items out of this list. What it found and is still there goes.
    const rest = [...current];
    for (const index of found) {
      const at = rest.indexOf(list[index] as Item);
      if (at !== -1) rest.splice(at, 1);
    }
    this.#lists.set(key, rest);
    return current.length - rest.length;
  }
}

function visitSnapshot<Item>(list: readonly Item[], length: number, visit: (index: number, item: Item) => void): void {
  for (let index = 0; index < length; index++) visit(index, list[index] as Item); // Lists never get shorter in place.
}
