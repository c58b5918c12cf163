/**
 * Makes equal strings one string: images, label values, times and messages repeat from object to object, and parsing makes each anew.
 * Bounded: when a generation is full the one before it is forgotten, so what repeats stays and what does not goes.
 */
export class StringTable {
  readonly #size: number;
  #recent = new Map<string, string>();
  #older = new Map<string, string>();

  /** @param size how many strings a generation holds; there are two */
  constructor(size = 4096) {
    this.#size = size;
  }

  /** The first string that was equal to this one. */
  of(text: string): string {
    let known = this.#recent.get(text);
    if (known !== undefined) return known;
    known = this.#older.get(text) ?? text;
    if (this.#recent.size >= this.#size) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(known, known);
    return known;
  }

  /** Replaces the values of an object that nobody else has yet, all the way down. */
  shareWithin(value: object): void {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        const item: unknown = value[index];
        if (typeof item === "string") value[index] = this.#worth(item);
        else if (typeof item === "object" && item !== null) this.shareWithin(item);
      }
      return;
    }
    const record = value as Record<string, unknown>;
    for (const key in record) {
      const item = record[key];
      if (typeof item === "string") {
        if (item.length > SHORTEST && item.length <= LONGEST && !UNIQUE.has(key)) record[key] = this.of(item);
      } else if (typeof item === "object" && item !== null) {
        this.shareWithin(item);
      }
    }
  }

  #worth(text: string): string {
    return text.length > SHORTEST && text.length <= LONGEST ? this.of(text) : text;
  }
}

/** V8 shares shorter values itself when it parses. */
const SHORTEST = 10;
/** Longer ones seldom repeat, and cost most to look up. */
const LONGEST = 256;
/** Never the same twice, wherever they stand. */
const UNIQUE: ReadonlySet<string> = new Set(["uid", "resourceVersion", "name", "__proto__"]);
