import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { HEAD, UID_LENGTH, VERSION_LENGTH } from "./packed-layout.ts";

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
  readonly #read: (packed: string, key: ObjectKey) => T;
  #staysPacked: boolean;

  /** @param packed by `ObjectScan.pack` @param read makes the object of it; called twice at most */
  constructor(key: ObjectKey, packed: string, read: (packed: string, key: ObjectKey) => T, { staysPacked }: { staysPacked: boolean }) {
    this.key = key;
    this.#content = packed;
    this.#read = read;
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
    const object = this.#read(content, this.key);
    if (this.#staysPacked) this.#staysPacked = false;
    else this.#content = object;
    return object;
  }
}
