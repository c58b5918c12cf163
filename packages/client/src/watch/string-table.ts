/**
 * Makes equal strings one string: images, label values, times and messages repeat from object to object, and parsing makes each anew.
 * Bounded: when a generation is full the one before it is forgotten, so what repeats stays and what does not goes.
 */
export class StringTable {
  readonly #size: number;
  #recent = new Map<string, string>();
  #older = new Map<string, string>();
  readonly #worthByKey = new Map<string, { tries: number; finds: number }>();

  /** @param size how many strings a generation holds; there are two */
  constructor(size = 4096) {
    this.#size = size;
  }

  /** The first string that was equal to this one. */
  of(text: string): string {
    return this.#find(text) ?? text;
  }

  /** Undefined when there was none; from now on there is. */
  #find(text: string): string | undefined {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const older = this.#older.get(text);
    if (this.#recent.size >= this.#size) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(older ?? text, older ?? text);
    return older;
  }

  /** Replaces the values of an object that nobody else has yet, as deep as objects usually are. */
  shareWithin(value: object, depth = 0): void {
    if (depth > DEEPEST) return;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        const item: unknown = value[index];
        if (typeof item === "string") value[index] = this.#worth(item);
        else if (typeof item === "object" && item !== null) this.shareWithin(item, depth + 1);
      }
      return;
    }
    const record = value as Record<string, unknown>;
    for (const key in record) {
      const item = record[key];
      if (typeof item === "string") {
        if (item.length > SHORTEST && item.length <= LONGEST) this.#shareMember(record, key, item);
      } else if (typeof item === "object" && item !== null) {
        this.shareWithin(item, depth + 1);
      }
    }
  }

  #shareMember(record: Record<string, unknown>, key: string, text: string): void {
    let worth = this.#worthByKey.get(key);
    if (worth === undefined) {
      if (this.#worthByKey.size >= this.#size || key === "__proto__") return;
      worth = { tries: 0, finds: 0 };
      this.#worthByKey.set(key, worth);
    }
    if (worth.tries >= FIRST_TRIES && worth.finds * SELDOM < worth.tries) return;
    const known = this.#find(text);
    worth.tries += 1;
    if (known === undefined) return;
    worth.finds += 1;
    record[key] = known;
  }

  #worth(text: string): string {
    return text.length > SHORTEST && text.length <= LONGEST ? this.of(text) : text;
  }
}

/** V8 shares shorter values itself when it parses. */
const SHORTEST = 10;
/** Longer ones seldom repeat, and cost most to look up. */
const LONGEST = 256;
/** Deeper ones are few, and may be so deep that the stack would not do: kube-apiserver takes 10,000 levels. */
const DEEPEST = 100;
/** So many values of one key are looked up before it is judged … */
const FIRST_TRIES = 256;
/** … and if fewer than one in so many was known, it is a name or a uid: looking it up costs more than it saves. */
const SELDOM = 8;
