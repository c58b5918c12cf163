/**
 * The keys of a collection in byte order, as etcd lists them. Additions are merged when someone reads, so that creating
 * many objects in a row costs nothing per object.
 */
export class SortedKeys {
  readonly #has: (key: string) => boolean;
  #sorted: string[] = [];
  #added: string[] = [];
  #dirty = false;

  constructor(has: (key: string) => boolean) {
    this.#has = has;
  }

  added(key: string): void {
    this.#added.push(key);
    this.#dirty = true;
  }

  removed(): void {
    this.#dirty = true;
  }

  /** The keys there are now. Do not change it. */
  all(): readonly string[] {
    if (this.#dirty) this.#merge();
    return this.#sorted;
  }

  #merge(): void {
    const added = this.#added.toSorted(byBytes);
    const merged: string[] = [];
    let next = 0;
    const push = (key: string): void => {
      if (merged[merged.length - 1] !== key && this.#has(key)) merged.push(key);
    };
    for (const key of this.#sorted) {
      for (; next < added.length && (added[next] as string) < key; next += 1) push(added[next] as string);
      push(key);
    }
    for (; next < added.length; next += 1) push(added[next] as string);
    this.#sorted = merged;
    this.#added = [];
    this.#dirty = false;
  }
}

/** The first index whose key is at or after `key`. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
