import type { JsonObject } from "../json-object.ts";
import { ChangeLog, type Change } from "./change-log.ts";
import { SortedKeys, byBytes, lowerBound } from "./sorted-keys.ts";
import type { StoredObject } from "./stored-object.ts";

/** Which objects a page holds. */
export interface PageRequest {
  /** Only this namespace; `""` for all. */
  readonly namespace: string;
  /** The state as of this version; left out: now. Must not be older than `log.oldestVersion`. */
  readonly version?: number;
  /** Only keys after this one. */
  readonly after?: string;
  readonly limit?: number;
  readonly matches?: (stored: StoredObject) => boolean;
}

export interface Page {
  readonly items: readonly StoredObject[];
  /** The key of the last item when there is more after it. */
  readonly last?: string;
  /** How many more there are; only known when nothing was filtered. */
  readonly remaining?: number;
}

/** Hands out versions; one for all collections. */
export interface VersionSource {
  readonly current: number;
  next(): number;
}

/**
 * The objects of one kind and their recent history. Every change gets a version larger than all before it in the whole store,
 * and every reader sees the same changes in the same order. Past states are computed from the log, so nothing is held for a paging client.
 */
export class Collection {
  readonly log: ChangeLog;
  readonly #versions: VersionSource;
  readonly #objects = new Map<string, StoredObject>();
  readonly #keys = new SortedKeys((key) => this.#objects.has(key));
  readonly #listeners = new Set<(change: Change | undefined) => void>();
  #closed = false;

  constructor(versions: VersionSource, historySize: number) {
    this.#versions = versions;
    this.log = new ChangeLog(historySize, versions.current);
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Closed for good: its kind is gone. Watches end. */
  get isClosed(): boolean {
    return this.#closed;
  }

  get(namespace: string, name: string): StoredObject | undefined {
    return this.#objects.get(storageKey(namespace, name));
  }

  /** Every object, in no order. */
  *objects(): Generator<JsonObject> {
    for (const { object } of this.#objects.values()) yield object;
  }

  /** Stores `object` under a new version, which it writes into the metadata of a copy. */
  put(namespace: string, name: string, object: JsonObject): StoredObject {
    const key = storageKey(namespace, name);
    const previous = this.#objects.get(key);
    const current = versioned(namespace, name, object, this.#versions.next());
    this.#objects.set(key, current);
    if (previous === undefined) this.#keys.added(key);
    this.#commit({ type: previous === undefined ? "ADDED" : "MODIFIED", version: current.version, key, current, previous });
    return current;
  }

  /** Removes an object; `last` is the state its DELETED event shows. */
  remove(namespace: string, name: string, last?: JsonObject): StoredObject | undefined {
    const key = storageKey(namespace, name);
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    const current = versioned(namespace, name, last ?? previous.object, this.#versions.next());
    this.#objects.delete(key);
    this.#keys.removed();
    this.#commit({ type: "DELETED", version: current.version, key, current, previous });
    return current;
  }

  page({ namespace, version, after, limit, matches }: PageRequest): Page {
    const past = version === undefined ? undefined : this.#changedSince(version);
    const keys = past === undefined ? this.#keys.all() : this.#keysWith(past);
    const [from, to] = bounds(keys, namespace, after);
    const items: StoredObject[] = [];
    for (let index = from; index < to; index += 1) {
      const key = keys[index] as string;
      const stored = past?.has(key) === true ? past.get(key) : this.#objects.get(key);
      if (stored === undefined) continue;
      // That something is left says nothing about whether it fits: the real server has not looked at it either.
      if (limit !== undefined && items.length === limit) {
        const last = items[items.length - 1] as StoredObject;
        return {
          items,
          last: storageKey(last.namespace, last.name),
          ...(matches === undefined && { remaining: this.#count(keys, index, to, past) }),
        };
      }
      if (matches === undefined || matches(stored)) items.push(stored);
    }
    return { items };
  }

  /** Calls back after every change, and with `undefined` when the collection is closed or readers should look again. */
  subscribe(listener: (change: Change | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }

  /** Calls the listeners though nothing changed. */
  wake(): void {
    for (const listener of this.#listeners) listener(undefined);
  }

  /** Goes back to the state of `version`, which must be in the log. Nobody is told: readers have been cut off before. */
  rollBack(version: number): void {
    for (const [key, stored] of this.#changedSince(version)) {
      if (stored === undefined) {
        this.#objects.delete(key);
        this.#keys.removed();
      } else {
        this.#objects.set(key, stored);
        this.#keys.added(key);
      }
    }
    this.log.takeBackAfter(version);
  }

  #commit(change: Change): void {
    this.log.append(change);
    for (const listener of this.#listeners) listener(change);
  }

  /** For each key changed after `version`: what it was then. */
  #changedSince(version: number): Map<string, StoredObject | undefined> {
    const past = new Map<string, StoredObject | undefined>();
    const start = this.log.positionAfter(version) ?? this.log.start;
    for (let position = this.log.end - 1; position >= start; position -= 1) {
      const change = this.log.at(position) as Change;
      past.set(change.key, change.previous);
    }
    return past;
  }

  #keysWith(past: ReadonlyMap<string, StoredObject | undefined>): readonly string[] {
    const gone = [...past].filter(([key, stored]) => stored !== undefined && !this.#objects.has(key)).map(([key]) => key);
    return gone.length === 0 ? this.#keys.all() : [...this.#keys.all(), ...gone].toSorted(byBytes);
  }

  #count(keys: readonly string[], from: number, to: number, past: ReadonlyMap<string, StoredObject | undefined> | undefined): number {
    if (past === undefined) return to - from;
    let count = 0;
    for (let index = from; index < to; index += 1) {
      const key = keys[index] as string;
      if (!past.has(key) || past.get(key) !== undefined) count += 1;
    }
    return count;
  }
}

/** `namespace/name`, or the name alone: in the order etcd would list them. */
export function storageKey(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

function bounds(keys: readonly string[], namespace: string, after: string | undefined): [from: number, to: number] {
  const prefix = namespace === "" ? "" : `${namespace}/`;
  const from = after === undefined ? lowerBound(keys, prefix) : lowerBound(keys, `${after}\u0000`);
  const to = prefix === "" ? keys.length : lowerBound(keys, `${namespace}0`); // "0" comes right after "/"
  return [from, to];
}

function versioned(namespace: string, name: string, object: JsonObject, version: number): StoredObject {
  const metadata = { ...(object["metadata"] as JsonObject), resourceVersion: String(version) };
  return { namespace, name, version, object: { ...object, metadata } };
}
