import type { ObjectEntry, WatchEvent } from "@operatorkit/api";
import { compareResourceVersions, type KubernetesObject, type ObjectKey } from "@operatorkit/object";
import { aFunction, aRecord, checkOptions, required } from "@operatorkit/observe/options";
import type { Change } from "./change.ts";
import { StoreIndex, type IndexFunction } from "./store-index.ts";

export interface StoreOptions<T extends KubernetesObject> {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>> | undefined;
  /** An index function threw: the object is kept, and not found by that index. */
  readonly onIndexError?: ((error: unknown, index: string, entry: ObjectEntry<T>) => void) | undefined;
}

/**
 * The local copy: one entry per key, at one version, with indexes that are always in step. It keeps entries as they came and
 * reads an entry's object only for an index or a reader.
 *
 * Guarantees: within one server history the version never decreases, and neither does an object's (per uid); what is at or below
 * it is dropped, because it was already seen. A change is reported exactly once, and only if something changed (another uid or
 * another resourceVersion). An object re-created under the same name is a delete and an add.
 */
export class Store<T extends KubernetesObject> {
  readonly #entries = new Map<ObjectKey, ObjectEntry<T>>();
  readonly #indexes = new Map<string, StoreIndex<T>>();
  readonly #onIndexError: NonNullable<StoreOptions<T>["onIndexError"]>;
  #namespaces: StoreIndex<T> | undefined;
  #version: string | undefined;
  #bytes = 0;
  #contradictions = 0;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: StoreOptions<T> = {}) {
    checkOptions("Store", options, { indexes: aRecord(required(aFunction)), onIndexError: aFunction });
    const { indexes = {}, onIndexError = () => {} } = options;
    this.#onIndexError = onIndexError;
    for (const [name, index] of Object.entries(indexes)) this.addIndex(name, index);
  }

  /** The version of the copy; undefined until it was first filled. */
  get version(): string | undefined {
    return this.#version;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What its objects measure as JSON, as far as their entries say. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * How often a stream said what cannot be if the copy is right: a change from the copy's past that is not in it, or a version that goes
   * back. It is not applied (it may be over), but only a new list can tell.
   */
  get contradictions(): number {
    return this.#contradictions;
  }

  get(key: ObjectKey): ObjectEntry<T> | undefined {
    return this.#entries.get(key);
  }

  entries(): IterableIterator<ObjectEntry<T>> {
    return this.#entries.values();
  }

  /** The entries of one namespace; its index is built when first asked for. */
  inNamespace(namespace: string): IterableIterator<ObjectEntry<T>> {
    if (this.#namespaces === undefined) {
      this.#namespaces = new StoreIndex<T>((entry) => namespaceOf(entry.key));
      for (const entry of this.#entries.values()) this.#namespaces.set(entry);
    }
    return this.#at(this.#namespaces.keysOf(namespace));
  }

  /** The entries that index `name` files under `value`. Throws for an index that does not exist. */
  byIndex(name: string, value: string): IterableIterator<ObjectEntry<T>> {
    const index = this.#indexes.get(name);
    if (index === undefined) {
      const known = [...this.#indexes.keys()].join(", ");
      throw new TypeError(`index "${name}" does not exist; ${known === "" ? "the informer has no indexes" : `there is: ${known}`}`);
    }
    return this.#at(index.keysOf(value));
  }

  /** Adds an index, and files what is there. */
  addIndex(name: string, index: IndexFunction<T>): void {
    checkOptions(`index "${name}"`, { index }, { index: required(aFunction) });
    if (this.#indexes.has(name)) throw new TypeError(`index "${name}" exists already`);
    const added = new StoreIndex<T>(
      (entry) => index(entry.object),
      (error, entry) => this.#onIndexError(error, name, entry),
    );
    this.#indexes.set(name, added);
    for (const entry of this.#entries.values()) added.set(entry);
  }

  removeIndex(name: string): void {
    this.#indexes.delete(name);
  }

  /**
   * A full, consistent list is the truth, even where the copy is newer: then the server was restored to an older state.
   * Returns what that changed, deletions first; what is gone was deleted unseen, so its last known state is all there is to tell.
   */
  replace(entries: Iterable<ObjectEntry<T>>, version: string): Change<T>[] {
    return [...this.replacing(entries, version)].flat();
  }

  /**
   * The same in small steps, each with what it changed: between two of them the event loop may have its turn. Nothing else may be
   * applied until the last. The copy has its new version only then; until then it holds old and new objects, as it does between
   * two events.
   */
  *replacing(entries: Iterable<ObjectEntry<T>>, version: string): Generator<readonly Change<T>[], void, undefined> {
    const initial = this.#version === undefined;
    if (this.#entries.size === 0) {
      yield* this.#filling(entries, initial);
      this.#version = version;
      return;
    }
    const listed = new Map<ObjectKey, ObjectEntry<T>>();
    let changes: Change<T>[] = [];
    let work = 0;
    for (const entry of entries) {
      const other = listed.get(entry.key);
      if (other === undefined || isNewer(entry, other)) listed.set(entry.key, entry);
      if (++work % STEP === 0) yield changes;
    }
    for (const [key, old] of this.#entries) {
      const entry = listed.get(key);
      if (entry === undefined || entry.uid !== old.uid) changes.push(this.#remove(old, old, true));
      if (++work % STEP !== 0) continue;
      yield changes;
      changes = [];
    }
    for (const entry of listed.values()) {
      const old = this.#entries.get(entry.key);
      if (old === undefined || !isSame(old, entry)) changes.push(this.#set(entry, old, initial));
      if (++work % STEP !== 0) continue;
      yield changes;
      changes = [];
    }
    this.#version = version;
    yield changes;
  }

  /** `replacing` where there is nothing to replace. */
  *#filling(entries: Iterable<ObjectEntry<T>>, initial: boolean): Generator<readonly Change<T>[], void, undefined> {
    let changes: Change<T>[] = [];
    let work = 0;
    for (const entry of entries) {
      const other = this.#entries.get(entry.key);
      // The same object on two pages of a list.
      if (other === undefined) changes.push(this.#set(entry, undefined, initial));
      else if (isNewer(entry, other)) changes.push(...this.#succeed(entry, other));
      if (++work % STEP !== 0) continue;
      yield changes;
      changes = [];
    }
    yield changes;
  }

  /** Applies one event of a watch and returns what it changed. */
  apply(event: Exclude<WatchEvent<T>, { type: "ERROR" }>): Change<T>[] {
    if (event.type === "BOOKMARK") {
      const isBehind = !this.#moveTo(event.resourceVersion);
      if (isBehind && event.resourceVersion !== this.#version) this.#contradictions += 1;
      return [];
    }
    const { entry } = event;
    // What an entry says of itself may have to be read out of its text: once is enough.
    const { key, resourceVersion } = entry;
    const old = this.#entries.get(key);
    const isBehind = !this.#moveTo(resourceVersion);
    if (event.type === "DELETED") return this.#applyDeleted(entry, old, isBehind);
    const order = old === undefined ? 1 : compareResourceVersions(resourceVersion, old.resourceVersion);
    // The copy already has this state of the object, or a later one.
    const isSeen = order !== undefined && (order < 0 || (order === 0 && resourceVersion !== "" && old?.uid === entry.uid));
    if (isBehind || isSeen) {
      if (old === undefined || (order ?? 0) > 0) this.#contradictions += 1;
      return [];
    }
    return old === undefined ? [this.#set(entry, undefined, false)] : this.#succeed(entry, old);
  }

  /** Another version of an object, or another object that has taken its name. */
  #succeed(entry: ObjectEntry<T>, old: ObjectEntry<T>): Change<T>[] {
    return old.uid === entry.uid ? [this.#set(entry, old, false)] : [this.#remove(old, old, true), this.#set(entry, undefined, false)];
  }

  #applyDeleted(entry: ObjectEntry<T>, old: ObjectEntry<T> | undefined, isBehind: boolean): Change<T>[] {
    if (old === undefined) return [];
    // Some servers send a deletion with the version the object last had. An object we hold cannot have been deleted at the
    // version we hold it at before, so that is no replay.
    const isLenient = old.uid === entry.uid && old.resourceVersion === entry.resourceVersion;
    const order = compareResourceVersions(entry.resourceVersion, old.resourceVersion);
    if ((isBehind && !isLenient) || (order !== undefined && order < 0)) {
      if (isLater(entry, old)) this.#contradictions += 1;
      return [];
    }
    // Another uid: the copy's object was deleted unseen, and so was the one that took its name.
    return [old.uid === entry.uid ? this.#remove(entry, old, false) : this.#remove(old, old, true)];
  }

  /** Moves the copy's version on; false when `version` is at or below it. A version that cannot be compared counts as new. */
  #moveTo(version: string): boolean {
    if (version === "") return true;
    const order = this.#version === undefined ? 1 : (compareResourceVersions(version, this.#version) ?? 1);
    if (order <= 0) return false;
    this.#version = version;
    return true;
  }

  #set(entry: ObjectEntry<T>, old: ObjectEntry<T> | undefined, initial: boolean): Change<T> {
    this.#entries.set(entry.key, entry);
    this.#bytes += (entry.bytes ?? 0) - (old?.bytes ?? 0);
    this.#namespaces?.set(entry);
    if (this.#indexes.size > 0) for (const index of this.#indexes.values()) index.set(entry);
    return { key: entry.key, type: old === undefined ? "add" : "update", entry, old, initial, finalStateUnknown: false };
  }

  #remove(last: ObjectEntry<T>, old: ObjectEntry<T>, finalStateUnknown: boolean): Change<T> {
    this.#entries.delete(old.key);
    this.#bytes -= old.bytes ?? 0;
    this.#namespaces?.delete(old.key);
    for (const index of this.#indexes.values()) index.delete(old.key);
    return { key: old.key, type: "delete", entry: last, old, initial: false, finalStateUnknown };
  }

  *#at(keys: Iterable<ObjectKey>): IterableIterator<ObjectEntry<T>> {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) yield entry;
    }
  }
}

/** Objects looked at in one step of a replacement: far below a millisecond, unless an index function is slow. */
const STEP = 256;

function namespaceOf(key: ObjectKey): string {
  const slash = key.indexOf("/");
  return slash === -1 ? "" : key.slice(0, slash);
}

/** Same object, same version. An object without a version (some aggregated APIs) may have changed any time. */
function isSame(a: ObjectEntry, b: ObjectEntry): boolean {
  return a.uid === b.uid && a.resourceVersion === b.resourceVersion && a.resourceVersion !== "";
}

/** The copy does not have this state of the object, nor a later one. */
function isLater(entry: ObjectEntry, old: ObjectEntry): boolean {
  return (compareResourceVersions(entry.resourceVersion, old.resourceVersion) ?? 0) > 0;
}

function isNewer(entry: ObjectEntry, other: ObjectEntry): boolean {
  return (compareResourceVersions(entry.resourceVersion, other.resourceVersion) ?? 1) > 0;
}
