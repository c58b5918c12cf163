/** A first-in, first-out queue in one array that wraps around: push and shift take constant time, and it shrinks as it empties. */
export class Ring<T> {
  #slots: (T | undefined)[] = Array.from({ length: SMALLEST });
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    // The number of slots is a power of two, so that wrapping is one mask.
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item;
    this.#length += 1;
  }

  /** The oldest item, which stays. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head];
  }

  /** The newest item, which stays. */
  peekLast(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[(this.#head + this.#length - 1) & (this.#slots.length - 1)];
  }

  /** Puts `item` in the place of the newest one. */
  replaceLast(item: T): void {
    if (this.#length === 0) throw new RangeError("replace the newest item of a ring: it is empty");
    this.#slots[(this.#head + this.#length - 1) & (this.#slots.length - 1)] = item;
  }

  /** Takes the oldest item out. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length -= 1;
    if (this.#slots.length > SMALLEST && this.#length <= this.#slots.length / 8) this.#resize(this.#slots.length / 2);
    return item;
  }

  clear(): void {
    this.#slots = Array.from({ length: SMALLEST });
    this.#head = 0;
    this.#length = 0;
  }

  #resize(size: number): void {
    const slots: (T | undefined)[] = Array.from({ length: size });
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#length; i += 1) slots[i] = this.#slots[(this.#head + i) & mask];
    this.#slots = slots;
    this.#head = 0;
  }
}

const SMALLEST = 4;
