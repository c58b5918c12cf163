import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";

/** Where a part of a text is: `start * 256 + length`, so that it is one small integer. */
export type TextRange = number;

const LONGEST_RANGE = 255;
const LAST_START = 2 ** 22 - 1;

/** Undefined when it does not fit; then the object is to be parsed at once. */
export function textRange(start: number, length: number): TextRange | undefined {
  return length > LONGEST_RANGE || start > LAST_START ? undefined : start * 256 + length;
}

function partOf(text: string, range: TextRange): string {
  const start = range >> 8;
  return text.slice(start, start + (range & LONGEST_RANGE));
}

/**
 * An entry that keeps its object as text until somebody reads it, and the object from then on: half the memory and a fraction of the
 * work for what is only counted, compared or queued. The identity is read from the text in place, because strings of their own would
 * cost a tenth of the whole.
 *
 * One of a list `keepsText` when it is read for the first time: most of what a list brings is told to a handler once and then never looked
 * at, and a text costs the garbage collector nothing, where the twenty parts of an object are looked at again and again. From the second
 * reading on it keeps the object, so that what is read often is parsed twice and no more.
 */
export class TextEntry<T extends KubernetesObject> implements ObjectEntry<T> {
  readonly key: ObjectKey;
  readonly #uid: TextRange;
  readonly #resourceVersion: TextRange;
  readonly #parse: (text: string) => T;
  #content: string | T;
  #keepsText: boolean;

  /** @param text one JSON object, already known to be one @param parse is called twice at most */
  constructor(
    key: ObjectKey,
    text: string,
    {
      uid,
      resourceVersion,
      parse,
      keepsText,
    }: { uid: TextRange; resourceVersion: TextRange; parse: (text: string) => T; keepsText: boolean },
  ) {
    this.key = key;
    this.#uid = uid;
    this.#resourceVersion = resourceVersion;
    this.#parse = parse;
    this.#content = text;
    this.#keepsText = keepsText;
  }

  get uid(): string {
    const content = this.#content;
    return typeof content === "string" ? partOf(content, this.#uid) : (content.metadata.uid ?? "");
  }

  get resourceVersion(): string {
    const content = this.#content;
    return typeof content === "string" ? partOf(content, this.#resourceVersion) : (content.metadata.resourceVersion ?? "");
  }

  get object(): T {
    const content = this.#content;
    if (typeof content !== "string") return content;
    const object = this.#parse(content);
    if (this.#keepsText) this.#keepsText = false;
    else this.#content = object;
    return object;
  }
}
