import type { ObjectEntry, WatchEvent } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";

/**
 * The state that the initial events of a WatchList add up to. As good as always they are additions of objects that differ, so they are
 * lined up; only when one of them takes something back they are sorted by key.
 */
export class InitialEvents<T extends KubernetesObject> {
  #added: ObjectEntry<T>[] = [];
  #byKey: Map<ObjectKey, ObjectEntry<T>> | undefined;

  add({ type, entry }: Exclude<WatchEvent<T>, { type: "BOOKMARK" | "ERROR" }>): void {
    if (this.#byKey === undefined && type === "ADDED") {
      this.#added.push(entry);
      return;
    }
    this.#byKey ??= new Map(this.#added.map((added) => [added.key, added]));
    if (type === "DELETED") this.#byKey.delete(entry.key);
    else this.#byKey.set(entry.key, entry);
  }

  /** The objects, of which one may stand there twice if it was added twice, and nothing from then on. */
  take(): ObjectEntry<T>[] {
    const entries = this.#byKey === undefined ? this.#added : [...this.#byKey.values()];
    this.#added = [];
    this.#byKey = undefined;
    return entries;
  }
}
