import type { Failure } from "./failure.ts";

/** What happened, as the state machine in `reflector-state.ts` is told. */
export type ReflectorEvent =
  | { readonly type: "start" }
  /** The wait is over. */
  | { readonly type: "elapsed" }
  /** `isEmptied`: the list has no object, but the copy does. */
  | { readonly type: "page"; readonly version: string; readonly token: string | undefined; readonly isEmptied: boolean }
  /** The server's present version. */
  | { readonly type: "checked"; readonly version: string }
  | { readonly type: "opened" }
  /** Events were applied; the copy is at `version` now. */
  | { readonly type: "progressed"; readonly version: string | undefined }
  /** The initial events of a WatchList are complete. */
  | { readonly type: "filled"; readonly version: string }
  /** The server ended the stream, `afterMs` since it was asked for; `onTime` when that is what it was asked to do. */
  | { readonly type: "ended"; readonly afterMs: number; readonly onTime: boolean }
  | { readonly type: "failed"; readonly failure: Failure; readonly afterMs: number }
  | { readonly type: "stop" };
