/** How long silence may last. Each is a wait without any sign of life, not a limit on the whole. */
export interface SilenceLimits {
  /** Until the server accepts a watch. @default 30_000 */
  readonly openMs: number;
  /**
   * Between signs of life of a page of a list, and eight times that for all of it. Doubled after each page in a row that took too
   * long, up to eight times, for a `ListWatch` that gives no sign of life. @default 30_000
   */
  readonly listMs: number;
  /** Between events of a watch; longer than the minute between two bookmarks. @default 90_000 */
  readonly watchMs: number;
  /** Between the initial events of a WatchList. @default 20_000 */
  readonly fillMs: number;
}

export const defaultSilenceLimits: SilenceLimits = { openMs: 30_000, listMs: 30_000, watchMs: 90_000, fillMs: 20_000 };
