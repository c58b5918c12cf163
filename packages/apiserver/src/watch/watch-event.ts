import type { Change } from "../store/change-log.ts";
import type { StoredObject } from "../store/stored-object.ts";

/** What one watcher is told about a change. */
export interface VisibleChange {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly stored: StoredObject;
  /** The version the event carries: the stored one's, or the change's own when an object leaves a selector. */
  readonly version: number;
}

/**
 * What a change means to a watcher that sees only what matches: an object that comes to match is ADDED, one that no longer does is
 * DELETED in its old state with the version of the change.
 *
 * Source: apiserver `storage/etcd3/watcher.go` (transform), `storage/cacher/cache_watcher.go` (getMutableObject, convertToWatchEvent).
 */
export function visibleChange(change: Change, matches: (stored: StoredObject) => boolean): VisibleChange | undefined {
  const { type, current, previous, version } = change;
  const before = previous !== undefined && matches(previous);
  if (type === "DELETED") return before ? { type, stored: current, version } : undefined;
  const after = matches(current);
  if (after) return { type: before ? "MODIFIED" : "ADDED", stored: current, version };
  return before ? { type: "DELETED", stored: previous, version } : undefined;
}
