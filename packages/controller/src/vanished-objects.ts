import type { Change } from "@operatorkit/informer";
import { compareResourceVersions, type KubernetesObject, type ObjectKey } from "@operatorkit/object";

/**
 * Objects that are gone although our finalizer was on them, and nobody had asked for their deletion while it was: no cleanup has run.
 * kube-apiserver lets that happen when a finalizer is added while a delete without a resourceVersion is under way: it looks for finalizers
 * once, and removes the object whatever was written since (apiserver `registry/generic/registry/store.go`, `Delete`). The patch is answered
 * with 200, and then the object is gone.
 *
 * An object that is being deleted does not count: the server keeps it as long as a finalizer is on it, so whoever took ours off, ourselves
 * or somebody else, meant it to go. Nor does one whose last state is without ours.
 *
 * Knows what the local copy told, and what the server answered to our own finalizer writes where the copy missed them. A copy with a
 * selector, or one that was behind, may take for gone what is there: the server is to be asked before anything is done.
 */
export class VanishedObjects<T extends KubernetesObject> {
  readonly #finalizer: string;
  /** What the server answered when our finalizer was put on, until the copy shows that or something later. */
  readonly #answers = new Map<ObjectKey, T>();
  /** Last states, in the order in which they were found missing. */
  readonly #vanished = new Map<ObjectKey, readonly T[]>();

  constructor({ finalizer }: { readonly finalizer: string }) {
    this.#finalizer = finalizer;
  }

  /** The server has put our finalizer on an object: `answer` is what it then was. */
  protected(key: ObjectKey, answer: T): void {
    if (this.#isHeld(answer)) this.#answers.set(key, answer);
  }

  /** The local copy has changed. */
  see({ key, type, entry }: Change<T>): void {
    const answer = this.#answers.get(key);
    const isOurs = answer !== undefined && answer.metadata.uid === entry.uid;
    const isOlder = isOurs && isBefore(entry.resourceVersion, answer.metadata.resourceVersion);
    if (isOurs && (type === "delete" || !isOlder)) this.#answers.delete(key);
    if (type !== "delete") return;
    const last = isOlder ? answer : entry.object;
    if (this.#isHeld(last)) this.#note(key, last);
  }

  /** The last state of the object of this key that vanished first. @param presentUid of the object that the copy shows now */
  next(key: ObjectKey, presentUid: string | undefined): T | undefined {
    const answer = this.#answers.get(key);
    if (answer !== undefined && answer.metadata.uid !== presentUid) {
      // The copy lost it before the answer came.
      this.#answers.delete(key);
      this.#note(key, answer);
    }
    return this.#vanished.get(key)?.[0];
  }

  /** It was cleaned up after, or there is nothing to clean up. */
  forget(key: ObjectKey, { metadata: { uid } }: T): void {
    const left = (this.#vanished.get(key) ?? []).filter((other) => other.metadata.uid !== uid);
    if (left.length > 0) this.#vanished.set(key, left);
    else this.#vanished.delete(key);
  }

  /** Those with something to clean up after. */
  keys(): readonly ObjectKey[] {
    return [...this.#vanished.keys()];
  }

  #note(key: ObjectKey, last: T): void {
    const known = this.#vanished.get(key) ?? [];
    if (known.every(({ metadata }) => metadata.uid !== last.metadata.uid)) this.#vanished.set(key, [...known, last]);
  }

  #isHeld({ metadata: { finalizers = [], deletionTimestamp } }: T): boolean {
    return deletionTimestamp === undefined && finalizers.includes(this.#finalizer);
  }
}

function isBefore(version: string, other: string | undefined): boolean {
  return other !== undefined && (compareResourceVersions(version, other) ?? 0) < 0;
}
