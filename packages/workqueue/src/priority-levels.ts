import { Ring } from "./ring.ts";

/**
 * Items in order of priority, first come first served within one. The first item of a priority is overtaken by at most
 * `maxOvertakes` items of higher ones; then it is its turn. Meant for a handful of different priorities: a shift looks at each.
 */
export class PriorityLevels<T> {
  readonly #maxOvertakes: number;
  readonly #isGone: (item: T) => boolean;
  /** Highest first. */
  readonly #levels: Level<T>[] = [];

  constructor({ maxOvertakes, isGone }: PriorityLevelsOptions<T>) {
    this.#maxOvertakes = maxOvertakes;
    this.#isGone = isGone;
  }

  push(item: T, priority: number): void {
    const first = this.#levels[0];
    // Nearly always there is one priority.
    if (first !== undefined && first.priority === priority) first.items.push(item);
    else this.#level(priority).items.push(item);
  }

  /** Takes the next item that is not gone. */
  shift(): T | undefined {
    const levels = this.#levels;
    let chosen = -1;
    for (let i = levels.length - 1; i >= 0; i -= 1) {
      const level = levels[i];
      if (level === undefined || !this.#hasItems(level)) continue;
      chosen = i;
      // The lowest of those that waited long enough: whoever is above it is not overtaken by its turn.
      if (level.overtaken >= this.#maxOvertakes) break;
    }
    return this.#takeFrom(chosen);
  }

  clear(): void {
    this.#levels.length = 0;
  }

  #hasItems(level: Level<T>): boolean {
    for (let first = level.items.peek(); first !== undefined; first = level.items.peek()) {
      if (!this.#isGone(first)) return true;
      level.items.shift();
    }
    return false;
  }

  #takeFrom(index: number): T | undefined {
    const levels = this.#levels;
    const chosen = levels[index];
    if (chosen === undefined) return undefined;
    const item = chosen.items.shift();
    chosen.overtaken = 0;
    // Levels without items go, but for the last one: it is nearly always the next one needed.
    for (let i = levels.length - 1; i >= 0 && levels.length > 1; i -= 1) {
      const level = levels[i];
      if (level === undefined) continue;
      if (level.items.length === 0) levels.splice(i, 1);
      else if (i > index) level.overtaken += 1;
    }
    return item;
  }

  #level(priority: number): Level<T> {
    const at = this.#levels.findIndex((level) => level.priority <= priority);
    const found = this.#levels[at];
    if (found?.priority === priority) return found;
    const level: Level<T> = { priority, items: new Ring<T>(), overtaken: 0 };
    this.#levels.splice(at === -1 ? this.#levels.length : at, 0, level);
    return level;
  }
}

export interface PriorityLevelsOptions<T> {
  readonly maxOvertakes: number;
  /** True for an item that shall be passed over: it has left the line from its middle, where a ring cannot give it up. */
  readonly isGone: (item: T) => boolean;
}

interface Level<T> {
  readonly priority: number;
  readonly items: Ring<T>;
  /** How many items of higher priorities went before this level's first item. */
  overtaken: number;
}
