/**
 * A small number, its slot, for each key that is in it: what else is known of a key is then kept in arrays, by slot.
 *
 * It is what a `Map<string, number>` is, three times as fast with a million keys: V8's map follows chains from string to string,
 * each somewhere else in memory, while here a cell says the hash beside the slot, so that hardly ever another string than the
 * right one is looked at. Hashes start from a random number, so that who names objects cannot choose which collide.
 */
export class KeyTable {
  /** Pairs of a hash and a slot + 1, open-addressed; a pair with 0 is free. A power of two, at most half of them taken. */
  #cells = new Int32Array(SMALLEST);
  #keys: (string | undefined)[] = [];
  /** Slots of keys that were removed. */
  #free: number[] = [];
  #size = 0;
  /** The cell that was found last: mostly it is the next one asked for. */
  #foundAt = 0;
  readonly #seed = (Math.random() * 2 ** 32) | 0;

  get size(): number {
    return this.#size;
  }

  /** The key of a slot in use. */
  keyAt(slot: number): string {
    const key = this.#keys[slot];
    if (key === undefined) throw new RangeError(`slot ${slot} has no key`);
    return key;
  }

  /** The slot of `key`, or -1. */
  slotOf(key: string): number {
    return this.#slotIn(this.#find(key, hashOf(key, this.#seed)));
  }

  /** The slot of `key`, which it is given if it has none: the lowest one that never had a key, or one whose key was removed. */
  slotFor(key: string): number {
    const hash = hashOf(key, this.#seed);
    let at = this.#find(key, hash);
    const known = this.#slotIn(at);
    if (known !== -1) return known;
    if (this.#size * 4 >= this.#cells.length) {
      this.#grow();
      at = this.#find(key, hash);
    }
    const slot = this.#free.pop() ?? this.#keys.length;
    this.#keys[slot] = key;
    this.#cells[at] = hash;
    this.#cells[at + 1] = slot + 1;
    this.#size += 1;
    return slot;
  }

  /** Takes the key of `slot` out. */
  remove(slot: number): void {
    const key = this.keyAt(slot);
    this.#empty(this.#slotIn(this.#foundAt) === slot ? this.#foundAt : this.#find(key, hashOf(key, this.#seed)));
    this.#keys[slot] = undefined;
    this.#size -= 1;
    if (this.#size === 0 && this.#keys.length > KEPT_SLOTS) this.#forget();
    else this.#free.push(slot);
  }

  /** The cell of `key`, or the one it would take. */
  #find(key: string, hash: number): number {
    const cells = this.#cells;
    const keys = this.#keys;
    const mask = cells.length - 2;
    let at = (hash << 1) & mask;
    for (let slot = cells[at + 1] ?? 0; slot !== 0; slot = cells[at + 1] ?? 0) {
      if (cells[at] === hash && keys[slot - 1] === key) break;
      at = (at + 2) & mask;
    }
    this.#foundAt = at;
    return at;
  }

  #slotIn(at: number): number {
    return (this.#cells[at + 1] ?? 0) - 1;
  }

  /** Frees a cell, and closes the gap: a search ends at the first free cell, so those behind that were pushed on move back. */
  #empty(at: number): void {
    const cells = this.#cells;
    const mask = cells.length - 2;
    let gap = at;
    for (let next = (gap + 2) & mask; cells[next + 1] !== 0; next = (next + 2) & mask) {
      const hash = cells[next] ?? 0;
      const isAtOrBeforeGap = ((next - (hash << 1)) & mask) >= ((next - gap) & mask);
      if (!isAtOrBeforeGap) continue;
      cells[gap] = hash;
      cells[gap + 1] = cells[next + 1] ?? 0;
      gap = next;
    }
    cells[gap + 1] = 0;
  }

  #grow(): void {
    const before = this.#cells;
    const cells = new Int32Array(before.length * 2);
    const mask = cells.length - 2;
    for (let from = 0; from < before.length; from += 2) {
      const slot = before[from + 1] ?? 0;
      if (slot === 0) continue;
      const hash = before[from] ?? 0;
      let at = (hash << 1) & mask;
      while (cells[at + 1] !== 0) at = (at + 2) & mask;
      cells[at] = hash;
      cells[at + 1] = slot;
    }
    this.#cells = cells;
  }

  /** Empty, it gives the memory of many keys back, and numbers from 0 again. */
  #forget(): void {
    this.#cells = new Int32Array(SMALLEST);
    this.#keys = [];
    this.#free = [];
    this.#foundAt = 0;
  }
}

const SMALLEST = 64;

/** So many slots are not worth giving back, to be asked for again with the next key. */
export const KEPT_SLOTS = 1024;

/** Murmur's steps with a character each. The shift in every one lets high bits reach low ones, so that the seed stirs all. */
function hashOf(key: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash ^ key.length, 0x85ebca6b) ^ (hash >>> 13);
}
