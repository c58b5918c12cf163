import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { addOf, type Change } from "./change.ts";

/** What a handler does not know yet of one key, in the row of the keys that wait. */
interface Pending<T extends KubernetesObject> {
  readonly key: ObjectKey;
  /** Goes up from key to key, in the order in which they are taken. */
  readonly turn: number;
  news: Change<T> | Merged<T>;
  before: Pending<T> | undefined;
  behind: Pending<T> | undefined;
}

/** More than one change. */
interface Merged<T extends KubernetesObject> {
  readonly type: "merged";
  /** What the handler last saw; undefined when it saw nothing, or saw it deleted. */
  readonly known: ObjectEntry<T> | undefined;
  /** The last state of `known`'s object, once that is gone. */
  readonly gone: { readonly entry: ObjectEntry<T>; readonly finalStateUnknown: boolean } | undefined;
  /** What is there now; undefined when nothing is. */
  readonly latest: ObjectEntry<T> | undefined;
  readonly initial: boolean;
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
  // A row of its own: to find the first key of a map, V8 passes over all that were deleted before it.
  #first: Pending<T> | undefined;
  #last: Pending<T> | undefined;

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
    const { key } = change;
    const pending = this.#pending.get(key);
    if (pending === undefined) {
      this.#lastTurn += 1;
      const last = { key, turn: this.#lastTurn, news: change, before: this.#last, behind: undefined };
      if (this.#last === undefined) this.#first = last;
      else this.#last.behind = last;
      this.#last = last;
      this.#pending.set(key, last);
      return;
    }
    const news = merge(pending.news, change);
    if (news === undefined) this.#remove(pending);
    else pending.news = news;
  }

  /** Takes the oldest change that is to be told; undefined when nothing waits. */
  shift(): Change<T> | undefined {
    for (let first = this.#first; first !== undefined; first = this.#first) {
      this.#takenTurn = first.turn;
      const { key, news } = first;
      const change = news.type === "merged" ? firstOf(key, news) : news;
      const successor = news.type === "merged" && change?.type === "delete" ? news.latest : undefined;
      if (successor === undefined) this.#remove(first);
      else first.news = addOf(key, successor, false);
      if (change !== undefined) return change;
    }
    return undefined;
  }

  clear(): void {
    this.#pending.clear();
    this.#first = undefined;
    this.#last = undefined;
  }

  #remove({ key, before, behind }: Pending<T>): void {
    this.#pending.delete(key);
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
  }
}

/** Undefined when the handler need not know: what it never saw is gone again. */
function merge<T extends KubernetesObject>(news: Change<T> | Merged<T>, change: Change<T>): Change<T> | Merged<T> | undefined {
  if (news.type === "resync" && change.type === "resync") return change;
  const { known, gone, initial } = news.type === "merged" ? news : mergedOf(news);
  const { type, entry, finalStateUnknown } = change;
  if (type !== "delete") return { type: "merged", known, gone, latest: entry, initial };
  if (known === undefined) return undefined;
  // Only the first deletion ends what the handler knows; later ones end objects it never saw.
  return { type: "merged", known, gone: gone ?? { entry, finalStateUnknown }, latest: undefined, initial: false };
}

function mergedOf<T extends KubernetesObject>({ type, entry, old, initial, finalStateUnknown }: Change<T>): Merged<T> {
  const isGone = type === "delete";
  return {
    type: "merged",
    known: old,
    gone: isGone ? { entry, finalStateUnknown } : undefined,
    latest: isGone ? undefined : entry,
    initial,
  };
}

/** What to tell first, undefined when there is nothing to tell. After the deletion of an object comes the one that took its name. */
function firstOf<T extends KubernetesObject>(key: ObjectKey, { known, gone, latest, initial }: Merged<T>): Change<T> | undefined {
  if (known === undefined) return latest === undefined ? undefined : addOf(key, latest, initial);
  if (latest === undefined || latest.uid !== known.uid) {
    const last = gone ?? { entry: known, finalStateUnknown: true };
    return { key, type: "delete", ...last, old: known, initial: false };
  }
  // Left and came back as it was (out of a selector and into it again): nothing changed for this handler.
  if (known.resourceVersion === latest.resourceVersion && latest.resourceVersion !== "") return undefined;
  return { key, type: "update", entry: latest, old: known, initial: false, finalStateUnknown: false };
}
