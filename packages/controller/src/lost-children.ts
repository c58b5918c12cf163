import type { ObjectKey } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";

/**
 * What each key's turns made lately, and which keys have lost some of it to others. What is taken away as soon as it was made may have been
 * taken by the garbage collector, because its owner is gone and only the local copy still shows it; making it again would go on as fast as
 * both can. So the next turn of such a key asks the server about its object first. Whoever loses nothing asks nothing.
 *
 * Bounded: what was made is remembered for a minute, and the last 10,000 of it; as many keys are known to have lost something. A circle that is slower than that does no harm.
 */
export class LostChildren {
  readonly #clock: Clock;
  /** By uid, oldest first. */
  readonly #made = new Map<string, { readonly key: ObjectKey; readonly untilMs: number }>();
  readonly #losers = new Set<ObjectKey>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** A turn of `key` made the object `uid`. */
  made(key: ObjectKey, uid: string): void {
    this.#prune(MOST_REMEMBERED - 1);
    this.#made.set(uid, { key, untilMs: this.#clock.monotonicMs() + REMEMBERED_MS });
  }

  /** A turn deletes the object `uid` itself: that is no loss. */
  unmade(uid: string): void {
    this.#made.delete(uid);
  }

  /** The object `uid` is gone. When it was made not long ago, the key whose turn made it has lost it. */
  gone(uid: string): void {
    if (this.#made.size === 0) return;
    this.#prune(MOST_REMEMBERED);
    const made = this.#made.get(uid);
    if (made === undefined) return;
    this.#made.delete(uid);
    this.#losers.add(made.key);
    // A key that has no turn any more is never settled.
    if (this.#losers.size > MOST_REMEMBERED) for (const oldest of this.#losers) return void this.#losers.delete(oldest);
  }

  /** Whether something that turns of `key` made was lost since `settle`. */
  hasLost(key: ObjectKey): boolean {
    return this.#losers.has(key);
  }

  /** The server was asked, or the object is gone. */
  settle(key: ObjectKey): void {
    this.#losers.delete(key);
  }

  /** How much is remembered. */
  get size(): number {
    return this.#made.size + this.#losers.size;
  }

  #prune(most: number): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [uid, { untilMs }] of this.#made) {
      if (untilMs > nowMs && this.#made.size <= most) return;
      this.#made.delete(uid);
    }
  }
}

const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;
