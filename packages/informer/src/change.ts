import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";

/** What happened to one key of the copy. Entries, not objects: who needs no object never pays for parsing one. */
export interface Change<T extends KubernetesObject = KubernetesObject> {
  readonly key: ObjectKey;
  /** `resync`: nothing changed; the present state is told again because you asked for that. */
  readonly type: "add" | "update" | "delete" | "resync";
  /** The present state; of a deleted object, the last one known. */
  readonly entry: ObjectEntry<T>;
  /** What the copy held before, of the same object (the same uid). */
  readonly old: ObjectEntry<T> | undefined;
  /** True for what was there when the subscriber came, or when the copy was first filled. */
  readonly initial: boolean;
  /** The deletion itself was missed: `entry` is the last state that was seen, maybe not the last there was. */
  readonly finalStateUnknown: boolean;
}

/** The entry is new to whoever is told. */
export function addOf<T extends KubernetesObject>(key: ObjectKey, entry: ObjectEntry<T>, initial: boolean): Change<T> {
  return { key, type: "add", entry, old: undefined, initial, finalStateUnknown: false };
}

/** Nothing changed; the entry is told again. */
export function resyncOf<T extends KubernetesObject>(entry: ObjectEntry<T>): Change<T> {
  return { key: entry.key, type: "resync", entry, old: entry, initial: false, finalStateUnknown: false };
}
