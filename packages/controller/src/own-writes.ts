import { compareResourceVersions, type ObjectKey } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";

/** How far a local copy has come. */
export interface VersionedView {
  readonly version: string | undefined;
}

/**
 * What each key's turns wrote, until the local copies show it. A turn that began before would act on the past: create twice
 * what it does not see yet, or undo what it did.
 *
 * Waiting is bounded: a copy that is silent delays a key by at most `PATIENCE_MS` after the write. One that will never show it (its object is
 * outside the selector) comes to that version with the next bookmark, a minute later at most; one that went back is not waited for.
 * Source: client-go `ExpectationsTimeout` (`pkg/controller/controller_utils.go`), which waits as long.
 */
export class OwnWrites {
  readonly #clock: Clock;
  readonly #writes = new Map<ObjectKey, Map<VersionedView, Write>>();
  readonly #parked = new Set<ObjectKey>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** A turn of `key` wrote `resourceVersion`, which `view` will show. */
  note(key: ObjectKey, view: VersionedView, resourceVersion: string | undefined): void {
    if (resourceVersion === undefined || resourceVersion === "" || isAt(view, resourceVersion)) return;
    let writes = this.#writes.get(key);
    if (writes === undefined) {
      writes = new Map();
      this.#writes.set(key, writes);
    }
    const before = writes.get(view);
    if (before !== undefined && (compareResourceVersions(resourceVersion, before.resourceVersion) ?? 1) <= 0) return;
    writes.set(view, { resourceVersion, seen: view.version, untilMs: this.#clock.monotonicMs() + PATIENCE_MS });
  }

  /** How long `key` should still wait at most; `undefined` when every copy shows what it wrote, or enough was waited. */
  waitMs(key: ObjectKey): number | undefined {
    const writes = this.#writes.get(key);
    if (writes === undefined) return undefined;
    const nowMs = this.#clock.monotonicMs();
    let longestMs = 0;
    for (const [view, { resourceVersion, seen, untilMs }] of writes) {
      if (untilMs <= nowMs || isAt(view, resourceVersion) || hasGoneBack(view, seen)) writes.delete(view);
      else longestMs = Math.max(longestMs, untilMs - nowMs);
    }
    if (writes.size > 0) return longestMs;
    this.#writes.delete(key);
    return undefined;
  }

  /** `key` had a turn and must wait: `released` names it when the copies have caught up. */
  park(key: ObjectKey): void {
    this.#parked.add(key);
  }

  /** `key` has a turn for another reason: `released` need not name it. */
  unpark(key: ObjectKey): void {
    this.#parked.delete(key);
  }

  /** A copy has moved: the parked keys that need not wait any more. */
  released(): readonly ObjectKey[] {
    if (this.#parked.size === 0) return NONE;
    const keys = [...this.#parked].filter((key) => this.waitMs(key) === undefined);
    for (const key of keys) this.#parked.delete(key);
    return keys;
  }

  /** The object is gone. */
  forget(key: ObjectKey): void {
    this.#writes.delete(key);
    this.#parked.delete(key);
  }
}

/** A copy that lags longer is broken for good, and acting on the past is then the lesser evil. */
const PATIENCE_MS = 300_000;

const NONE: readonly ObjectKey[] = [];

interface Write {
  readonly resourceVersion: string;
  /** Where the copy was when it was written. */
  readonly seen: string | undefined;
  readonly untilMs: number;
}

/** Versions that cannot be compared say nothing, and are not waited for. */
function isAt({ version }: VersionedView, resourceVersion: string): boolean {
  return version === undefined || (compareResourceVersions(version, resourceVersion) ?? 0) >= 0;
}

/** The server was restored from a backup: what was written may be gone with it. */
function hasGoneBack({ version }: VersionedView, seen: string | undefined): boolean {
  return version !== undefined && seen !== undefined && (compareResourceVersions(version, seen) ?? 0) < 0;
}
