import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import type { Change } from "./change.ts";

/** What a handler does not know yet of one key. */
interface Pending<T extends KubernetesObject> {
  /** Goes up from key to key, in the order in which they are taken. */
  readonly turn: number;
  /** What the handler last saw; undefined when it saw nothing, or saw it deleted. */
  readonly known: ObjectEntry<T> | undefined;
  /** The last state of `known`'s object, once that is gone. */
  readonly gone: { readonly entry: ObjectEntry<T>; readonly finalStateUnknown: boolean } | undefined;
  /** What is there now; undefined when nothing is. */
  readonly latest: ObjectEntry<T> | undefined;
  readonly initial: boolean;
  readonly isResync: boolean;
}

/**
 * What waits to be told to one handler: at most one merged entry per key, in the order in which the keys first changed. A slow
 * handler costs as much memory as there are objects, not as there are events.
 *
 * Merging is from what the handler last saw to what is there now: an object that came and went in between is never told, a
 * re-created one is a delete and an add, and versions of one object only go up.
 */
export class Backlog<T extends KubernetesObject> {
  readonly #pending = new Map<ObjectKey, Pending<T>>();
  /** Kept between takes: a new one would have to pass over all that was deleted before the first entry. */
  #cursor: MapIterator<[ObjectKey, Pending<T>]> = this.#pending.entries();

  #lastTurn = 0;
  #takenTurn = 0;

  /** The turn of what was pushed last. */
  get lastTurn(): number {
    return this.#lastTurn;
  }

  /** The turn of what was taken last: what has an earlier one does not wait any more. */
  get takenTurn(): number {
    return this.#takenTurn;
  }

  get size(): number {
    return this.#pending.size;
  }

  push(change: Change<T>): void {
    const merged = merge(this.#pending.get(change.key), change, this.#lastTurn + 1);
    if (merged === undefined) this.#pending.delete(change.key);
    else {
      this.#pending.set(change.key, merged);
      if (merged.turn > this.#lastTurn) this.#lastTurn = merged.turn;
    }
  }

  /** Takes the oldest entry: the one or two changes to tell for it. Undefined when nothing waits. */
  shift(): readonly Change<T>[] | undefined {
    if (this.#pending.size === 0) return undefined;
    let result = this.#cursor.next();
    if (result.done === true) {
      this.#cursor = this.#pending.entries();
      result = this.#cursor.next();
      if (result.done === true) return undefined;
    }
    const [key, pending] = result.value;
    this.#pending.delete(key);
    this.#takenTurn = pending.turn;
    return changesOf(key, pending);
  }

  clear(): void {
    this.#pending.clear();
  }
}

function merge<T extends KubernetesObject>(pending: Pending<T> | undefined, change: Change<T>, nextTurn: number): Pending<T> | undefined {
  const { type, entry, old, initial, finalStateUnknown } = change;
  const known = pending === undefined ? old : pending.known;
  if (type === "delete") {
    if (known === undefined) return undefined;
    // Only the first deletion ends what the handler knows; later ones end objects it never saw.
    const gone = pending?.gone ?? { entry, finalStateUnknown };
    return { turn: pending?.turn ?? nextTurn, known, gone, latest: undefined, initial: false, isResync: false };
  }
  if (pending === undefined) return { turn: nextTurn, known, gone: undefined, latest: entry, initial, isResync: type === "resync" };
  return { ...pending, latest: entry, isResync: false };
}

function changesOf<T extends KubernetesObject>(key: ObjectKey, pending: Pending<T>): readonly Change<T>[] {
  const { known, gone, latest, initial, isResync } = pending;
  if (latest !== undefined && known !== undefined && known.uid === latest.uid) {
    if (isResync) return [{ key, type: "resync", entry: latest, old: latest, initial: false, finalStateUnknown: false }];
    // Left and came back as it was (out of a selector and into it again): nothing changed for this handler.
    if (known.resourceVersion === latest.resourceVersion && latest.resourceVersion !== "") return [];
    return [{ key, type: "update", entry: latest, old: known, initial: false, finalStateUnknown: false }];
  }
  const changes: Change<T>[] = [];
  if (known !== undefined) {
    const { entry, finalStateUnknown } = gone ?? { entry: known, finalStateUnknown: true };
    changes.push({ key, type: "delete", entry, old: known, initial: false, finalStateUnknown });
  }
  if (latest !== undefined) changes.push({ key, type: "add", entry: latest, old: undefined, initial, finalStateUnknown: false });
  return changes;
}
