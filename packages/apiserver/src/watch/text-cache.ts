import type { JsonObject } from "../json-object.ts";

/** Longer texts are rare, and cost more memory than time. */
const MAX_TEXT_LENGTH = 64 * 1024;

/**
 * The JSON of the objects shown last. The watchers of a kind ask for the same new object at about the same time, so a few
 * hundred texts save nearly all of the work and hold little memory.
 */
export class TextCache {
  readonly #texts = new Map<JsonObject, string>();
  readonly #size: number;

  constructor(size = 512) {
    this.#size = size;
  }

  of(object: JsonObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    if (text.length > MAX_TEXT_LENGTH) return text;
    this.#texts.set(object, text);
    if (this.#texts.size > this.#size) {
      const oldest = this.#texts.keys().next();
      if (oldest.done !== true) this.#texts.delete(oldest.value);
    }
    return text;
  }
}
