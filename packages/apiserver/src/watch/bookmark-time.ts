/** How often a quiet watch is told how far it is. */
export const BOOKMARK_EVERY_MS = 60_000;
/** How long before its end a watch gets its last bookmark. */
export const BOOKMARK_BEFORE_END_MS = 2_000;

/** When the next bookmark is due, or `undefined` for none. Source: apiserver `storage/cacher/cache_watcher.go` (nextBookmarkTime). */
export function nextBookmarkMs(nowMs: number, deadlineMs: number): number | undefined {
  const due = Math.min(nowMs + BOOKMARK_EVERY_MS, deadlineMs - BOOKMARK_BEFORE_END_MS);
  return due <= nowMs ? undefined : due;
}
