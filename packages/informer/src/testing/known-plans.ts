import type { Settings, Step } from "./random-plan.ts";

/** A plan that an informer once did not survive, as the search shrank it. */
export interface KnownPlan {
  /** What was wrong. */
  readonly why: string;
  readonly mayGoBack: boolean;
  readonly plan: readonly Step[];
  readonly config: Settings;
}

/** Always played. These are of informers broken on purpose, to see that the search finds and shrinks what is wrong with them. */
export const knownPlans: readonly KnownPlan[] = [
  {
    why: "a server that merely ends a watch that is too old is asked for it for ever",
    mayGoBack: false,
    plan: [{ do: "streams", how: "break" }, { do: "write", name: "a", how: "update" }, { do: "compact" }],
    config: { seed: 0, goneAs: "end", useWatchList: false, watchList: "supported", bookmarkEveryMs: 60_000, pageSize: 2 },
  },
  {
    why: "the same after a WatchList that the server ignored",
    mayGoBack: true,
    plan: [
      { do: "fail for a while", what: "watch", fault: { type: "break" }, ms: 22_518 },
      { do: "write", name: "c", how: "create" },
      { do: "compact" },
    ],
    config: { seed: 0, goneAs: "end", useWatchList: true, watchList: "ignored", bookmarkEveryMs: 60_000, pageSize: 2 },
  },
  {
    why: "the deletion of the last object is not believed, because the list is empty then",
    mayGoBack: false,
    plan: [
      { do: "write", name: "b", how: "delete" },
      { do: "replay" },
      { do: "streams", how: "break" },
      { do: "write", name: "a", how: "delete" },
    ],
    config: { seed: 0, goneAs: "status", useWatchList: false, watchList: "supported", bookmarkEveryMs: 60_000, pageSize: 2 },
  },
  {
    why: "a server restored to an older state is never believed",
    mayGoBack: true,
    plan: [{ do: "backup" }, { do: "write", name: "e", how: "create" }, { do: "restore" }],
    config: { seed: 0, goneAs: "status", useWatchList: false, watchList: "supported", bookmarkEveryMs: 60_000, pageSize: 2 },
  },
];
