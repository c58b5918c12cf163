import type { FailureKind } from "./failure.ts";
import type { ReflectorStep } from "./reflector-state.ts";

/** What the state machine in `reflector-state.ts` wants done. */
export type ReflectorAction =
  /** Ask for a page; `paged: false` asks for the whole list at once. */
  | { readonly type: "list"; readonly token: string | undefined; readonly paged: boolean; readonly slowLists: number }
  /** Ask for one object, for the sake of the list's version. */
  | { readonly type: "check" }
  | { readonly type: "watch"; readonly version: string | undefined; readonly withInitialEvents: boolean }
  /** The next events of the open stream. */
  | { readonly type: "read" }
  /** Any time between the two. */
  | {
      readonly type: "wait";
      readonly atLeastMs: number;
      readonly atMostMs: number;
      readonly cause: FailureKind;
      /** The cause in full. */
      readonly error: unknown;
      /** What comes after it. */
      readonly step: ReflectorStep["type"];
    }
  /** Put the page's entries with those already read. */
  | { readonly type: "keep" }
  /** Forget what was read of a list that will not be used. */
  | { readonly type: "discard" }
  /** What was read is the copy now. `isReset`: it is older than what the copy was, and nevertheless the truth. */
  | { readonly type: "replace"; readonly version: string; readonly isReset: boolean };
