/**
 * Slots in order of priority, first come first served within one. The first slot of a priority is overtaken by at most
 * `maxOvertakes` slots of higher ones; then it is its turn. Meant for a handful of different priorities: a shift looks at each.
 *
 * Slots are small numbers. Each knows those before and behind it, so that it can leave from the middle of a line.
 */
export class PriorityLevels {
  readonly #maxOvertakes: number;
  /** Highest first. */
  readonly #levels: Level[] = [];
  /** By slot: who is before and behind it in its line, or -1. */
  #before = new Int32Array(SMALLEST);
  #behind = new Int32Array(SMALLEST);

  constructor({ maxOvertakes }: { readonly maxOvertakes: number }) {
    this.#maxOvertakes = maxOvertakes;
  }

  /** Puts `slot`, which waits nowhere, at the end of the line of `priority`. */
  push(slot: number, priority: number): void {
    if (slot >= this.#before.length) this.#grow(slot);
    const level = this.#level(priority);
    this.#before[slot] = level.last;
    this.#behind[slot] = -1;
    if (level.last === -1) level.first = slot;
    else this.#behind[level.last] = slot;
    level.last = slot;
  }

  /** Takes `slot` out of the line of `priority`, wherever it is in it. */
  remove(slot: number, priority: number): void {
    const level = this.#level(priority);
    const before = this.#before[slot] ?? -1;
    const behind = this.#behind[slot] ?? -1;
    if (before === -1) level.first = behind;
    else this.#behind[before] = behind;
    if (behind === -1) level.last = before;
    else this.#before[behind] = before;
    if (level.first === -1) level.overtaken = 0;
  }

  /** Takes the next slot; -1 when none waits. */
  shift(): number {
    const levels = this.#levels;
    let chosen: Level | undefined;
    for (let i = levels.length - 1; i >= 0; i -= 1) {
      const level = levels[i];
      if (level === undefined || level.first === -1) continue;
      chosen = level;
      // The lowest of those that waited long enough: whoever is above it is not overtaken by its turn.
      if (level.overtaken >= this.#maxOvertakes) break;
    }
    if (chosen === undefined) return -1;
    if (levels.length > 1) this.#countOvertakes(chosen);
    const slot = chosen.first;
    this.#advance(chosen);
    return slot;
  }

  /** Forgets all, and the memory that a great many took. */
  clear(): void {
    this.#levels.length = 0;
    this.#before = new Int32Array(SMALLEST);
    this.#behind = new Int32Array(SMALLEST);
  }

  #grow(slot: number): void {
    const [before, behind] = [this.#before, this.#behind];
    const length = Math.max(before.length * 2, slot + 1);
    this.#before = new Int32Array(length);
    this.#before.set(before);
    this.#behind = new Int32Array(length);
    this.#behind.set(behind);
  }

  #advance(level: Level): void {
    level.first = this.#behind[level.first] ?? -1;
    level.overtaken = 0;
    if (level.first === -1) level.last = -1;
    else this.#before[level.first] = -1;
  }

  /** Those below `chosen` were overtaken. Levels where nobody waits go; `chosen` stays, as it is nearly always the next one needed. */
  #countOvertakes(chosen: Level): void {
    const levels = this.#levels;
    for (let i = levels.length - 1; i >= 0; i -= 1) {
      const level = levels[i];
      if (level === undefined || level === chosen) continue;
      if (level.first === -1) levels.splice(i, 1);
      else if (level.priority < chosen.priority) level.overtaken += 1;
    }
  }

  #level(priority: number): Level {
    const levels = this.#levels;
    // Nearly always there is one priority.
    const first = levels[0];
    if (first?.priority === priority) return first;
    const at = levels.findIndex((level) => level.priority <= priority);
    const found = levels[at];
    if (found?.priority === priority) return found;
    const level: Level = { priority, first: -1, last: -1, overtaken: 0 };
    levels.splice(at === -1 ? levels.length : at, 0, level);
    return level;
  }
}

/** Room for so many slots at first. */
const SMALLEST = 64;

interface Level {
  readonly priority: number;
  first: number;
  last: number;
  /** How many slots of higher priorities went before this level's first. */
  overtaken: number;
}
