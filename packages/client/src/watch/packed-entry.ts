import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { Encoding, objectScan } from "./object-scan.ts";

/**
 * An entry that keeps its object packed until somebody reads it, and the object from then on: a fraction of the memory and of the work for
 * what is only counted, compared or queued. Its identity is read where it lies.
 *
 * With `staysPacked`, the first reading makes an object and does not keep it: most of what a list brings is told to a handler once and
 * then never looked at, and a packed entry costs the garbage collector nothing, where the twenty parts of an object are looked at
 * again and again. From the second reading on it keeps the object, so that what is read often is parsed twice and no more.
 */
export class PackedEntry<T extends KubernetesObject> implements ObjectEntry<T> {
  readonly key: ObjectKey;
  /** As `ObjectScan.pack` gave it. */
  #content: string | T;
  readonly #parse: (text: string) => T;
  #staysPacked: boolean;

  /** @param packed of an object that is known to be one @param parse is called twice at most */
  constructor(key: ObjectKey, packed: string, parse: (text: string) => T, { staysPacked }: { staysPacked: boolean }) {
    this.key = key;
    this.#content = packed;
    this.#parse = parse;
    this.#staysPacked = staysPacked;
  }

  get uid(): string {
    const content = this.#content;
    if (typeof content !== "string") return content.metadata.uid ?? "";
    const start = HEAD + content.charCodeAt(VERSION_LENGTH);
    return content.slice(start, start + content.charCodeAt(UID_LENGTH));
  }

  get resourceVersion(): string {
    const content = this.#content;
    if (typeof content !== "string") return content.metadata.resourceVersion ?? "";
    return content.slice(HEAD, HEAD + content.charCodeAt(VERSION_LENGTH));
  }

  get object(): T {
    const content = this.#content;
    if (typeof content !== "string") return content;
    const object = this.#parse(textOf(content, this.key));
    if (this.#staysPacked) this.#staysPacked = false;
    else this.#content = object;
    return object;
  }
}

// How a packed text begins; see `pack` in assembly/object-scan.ts.
const VERSION_LENGTH = 2;
const UID_LENGTH = 3;
const TEXT_LENGTH = 4;
const ENCODING = 6;
const HEAD = 7;
const PLAIN = 0xffff;

/** The text that was packed. */
function textOf(packed: string, key: ObjectKey): string {
  const encoding = packed.charCodeAt(ENCODING) as Encoding;
  if (u16(packed, 0) !== PLAIN) return objectScan().unpack(packed, key, u16(packed, TEXT_LENGTH), encoding);
  const text = packed.slice(HEAD + packed.charCodeAt(VERSION_LENGTH) + packed.charCodeAt(UID_LENGTH));
  return encoding === Encoding.ascii ? text : Buffer.from(text, "latin1").toString("utf8");
}

function u16(packed: string, at: number): number {
  return packed.charCodeAt(at) + packed.charCodeAt(at + 1) * 256;
}
