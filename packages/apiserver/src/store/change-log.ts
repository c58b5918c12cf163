import type { StoredObject } from "./stored-object.ts";

/** One committed change of one collection. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly key: string;
  /** The new state; for DELETED the last state with the version of the deletion. */
  readonly current: StoredObject;
  /** The state before; absent for ADDED. */
  readonly previous: StoredObject | undefined;
}

/**
 * The last changes of one collection, in order, in a ring of fixed size. Positions count from 0 and never come back, so
 * a reader keeps its place as a number and needs no buffer of its own: one that falls behind the ring has lost its place.
 */
export class ChangeLog {
  readonly #ring: (Change | undefined)[] = [];
  readonly #capacity: number;
  #start = 0;
  #end = 0;
  #oldestVersion: number;

  /** `since`: the version it begins after. */
  constructor(capacity: number, since: number) {
    this.#capacity = capacity;
    this.#oldestVersion = since;
  }

  /** The position after the newest change. */
  get end(): number {
    return this.#end;
  }

  /** The position of the oldest change that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Every change after this version is kept. */
  get oldestVersion(): number {
    return this.#oldestVersion;
  }

  append(change: Change): void {
    if (this.#end - this.#start === this.#capacity) this.#drop();
    this.#ring[this.#end % this.#capacity] = change;
    this.#end += 1;
  }

  /** The change at a position, or `undefined` when it is dropped or not there yet. */
  at(position: number): Change | undefined {
    return position < this.#start || position >= this.#end ? undefined : this.#ring[position % this.#capacity];
  }

  /** The position of the first change after `version`, or `undefined` when changes after it are dropped. */
  positionAfter(version: number): number | undefined {
    if (version < this.#oldestVersion) return undefined;
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at(middle) as Change).version <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets every change up to and including `version`. */
  compact(version: number): void {
    for (let oldest = this.at(this.#start); oldest !== undefined && oldest.version <= version; oldest = this.at(this.#start)) this.#drop();
    this.#oldestVersion = Math.max(this.#oldestVersion, version);
  }

  /** Takes back every change after `version`. */
  takeBackAfter(version: number): void {
    for (let newest = this.at(this.#end - 1); newest !== undefined && newest.version > version; newest = this.at(this.#end - 1)) {
      this.#end -= 1;
      this.#ring[this.#end % this.#capacity] = undefined;
    }
    this.#oldestVersion = Math.min(this.#oldestVersion, version);
  }

  #drop(): void {
    const index = this.#start % this.#capacity;
    this.#oldestVersion = Math.max(this.#oldestVersion, this.#ring[index]?.version ?? 0);
    this.#ring[index] = undefined;
    this.#start += 1;
  }
}
