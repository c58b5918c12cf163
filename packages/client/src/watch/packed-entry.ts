import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { HEAD, textLengthOf, UID_LENGTH, VERSION_LENGTH } from "./packed-layout.ts";

/**
 * An entry that keeps its object packed, a fraction of the memory and of the work for what is only counted, compared or queued. Its
 * identity is read where it lies.
 *
 * The first readings make an object and do not keep it: one for an index, one for the handler, one when a change has replaced it. Most
 * objects are never read again, and a packed entry costs the garbage collector nothing, where the twenty parts of an object are looked
 * at again and again, and moved. Later readings keep the object, so that what is read often is made a few times and no more.
 */
export class PackedEntry<T extends KubernetesObject> implements ObjectEntry<T> {
  readonly key: ObjectKey;
  readonly bytes: number;
  /** As `ObjectScan.pack` gave it. */
  #content: string | T;
  readonly #read: (packed: string, key: ObjectKey) => T;
  #readings = 0;

  /** @param packed by `ObjectScan.pack` @param read makes the object of it */
  constructor(key: ObjectKey, packed: string, read: (packed: string, key: ObjectKey) => T) {
    this.key = key;
    this.bytes = textLengthOf(packed);
    this.#content = packed;
    this.#read = read;
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
    const object = this.#read(content, this.key);
    this.#readings += 1;
    if (this.#readings > PASSING_READINGS) this.#content = object;
    return object;
  }
}

const PASSING_READINGS = 3;
