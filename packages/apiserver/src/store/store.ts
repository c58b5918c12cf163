import { Collection, type VersionSource } from "./collection.ts";

export interface StoreOptions {
  /** Changes kept per collection for watches and exact lists. A watcher further behind is told that its version expired. @default 10_000 */
  readonly historySize?: number;
  /** The version before the first change. @default 1 */
  readonly firstVersion?: number;
}

/** All collections and the one counter that numbers their changes. In memory; nothing is written to disk. */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #historySize: number;
  readonly #versions: VersionSource;
  #version: number;

  constructor({ historySize = 10_000, firstVersion = 1 }: StoreOptions = {}) {
    this.#historySize = historySize;
    this.#version = firstVersion;
    const version = (): number => this.#version;
    this.#versions = {
      get current() {
        return version();
      },
      next: () => (this.#version += 1),
    };
  }

  /** The version of the newest change. */
  get version(): number {
    return this.#version;
  }

  /** The collection of this name, made when it is first asked for: its history begins then. */
  collection(name: string): Collection {
    const known = this.#collections.get(name);
    if (known !== undefined) return known;
    const made = new Collection(this.#versions, this.#historySize);
    this.#collections.set(name, made);
    return made;
  }

  /** Forgets a collection; its watches end. */
  drop(name: string): void {
    const collection = this.#collections.get(name);
    this.#collections.delete(name);
    collection?.close();
  }

  /** Wakes every watch, to look again at what it may show. */
  wake(): void {
    for (const collection of this.#collections.values()) collection.wake();
  }

  /**
   * Goes back to the state of `version`, as etcd restored from a backup does: later versions are given out again.
   * @throws RangeError as `checkRollBack`
   */
  rollBack(version: number): void {
    this.checkRollBack(version);
    for (const collection of this.#collections.values()) collection.rollBack(version);
    this.#version = version;
  }

  /** @throws RangeError when the version is in the future, or no longer in some kind's history */
  checkRollBack(version: number): void {
    if (!(version <= this.#version)) throw new RangeError(`version ${version} is not there yet: the newest is ${this.#version}`);
    for (const [name, { log }] of this.#collections) {
      // A log that never dropped anything reaches back to when the collection was empty.
      if (log.start > 0 && log.oldestVersion > version) {
        throw new RangeError(`version ${version} is no longer in the history of ${name}, which begins at ${log.oldestVersion}`);
      }
    }
  }

  /** Forgets history up to `version`: older watches and continue tokens are answered 410. @default the present */
  compact(version: number = this.#version): void {
    for (const collection of this.#collections.values()) collection.log.compact(Math.min(version, this.#version));
  }
}
