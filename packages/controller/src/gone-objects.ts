import type { ObjectKey } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";

/**
 * Objects that the server has said are gone, while the local copy still shows them: its watch lags, or is being reconnected. Turns of such an
 * object make children that the garbage collector takes away, whose deletion gives the next turn, as fast as both can.
 *
 * Another object of the same name (another uid) is not meant. Bounded: after `PATIENCE_MS` the copy is believed again, for a server that
 * was restored from a backup may have the object back.
 */
export class GoneObjects {
  readonly #clock: Clock;
  readonly #gone = new Map<ObjectKey, { readonly uid: string | undefined; readonly untilMs: number }>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** The server has no object of this uid any more. */
  note(key: ObjectKey, uid: string | undefined): void {
    this.#gone.set(key, { uid, untilMs: this.#clock.monotonicMs() + PATIENCE_MS });
  }

  /** How long the object that the copy shows should still be left alone; `undefined` when it may have its turn. */
  waitMs(key: ObjectKey, uid: string | undefined): number | undefined {
    const gone = this.#gone.get(key);
    if (gone === undefined) return undefined;
    const leftMs = gone.untilMs - this.#clock.monotonicMs();
    if (gone.uid === uid && leftMs > 0) return leftMs;
    this.#gone.delete(key);
    return undefined;
  }

  /** The copy has learned of it. */
  forget(key: ObjectKey): void {
    this.#gone.delete(key);
  }
}

/** As long as a reflector waits at most between two tries. */
const PATIENCE_MS = 30_000;
