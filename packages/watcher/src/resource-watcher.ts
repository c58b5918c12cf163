import type { FinalizerClaim } from "@operatorkit/api";
import type { ResourceAction } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";
import { aFunction, type Rule } from "@operatorkit/observe/options";

/** What a watcher is told besides the object. An informer gives the signal and the marks; a controller that retries adds the rest. */
export interface WatcherContext {
  /** Aborted when the watcher shall stop what it does. */
  readonly signal: AbortSignal;
  /** The object was there when the watcher came, or when its informer first listed. */
  readonly initial?: boolean;
  /** The deletion itself was missed: the object is the last state that was seen. */
  readonly finalStateUnknown?: boolean;
  readonly action?: ResourceAction;
  /** 0 at first, n in the n-th retry. */
  readonly attempt?: number;
  readonly logger?: Logger;
}

/**
 * Your reaction to a change. Each method is optional, may be asynchronous and may fail: a throw and a rejection are the same thing.
 * It fits wherever an informer takes an event handler, and where a controller takes a watcher.
 */
export interface ResourceWatcher<T> {
  add?(object: T, context: WatcherContext): unknown;
  update?(old: T, object: T, context: WatcherContext): unknown;
  delete?(object: T, context: WatcherContext): unknown;
  /** The object as it is, told again without a change, by who tells such a thing: `OpinionatedWatcher.wrap` does of objects seen before. */
  sync?(object: T, context: WatcherContext): unknown;
  /**
   * Whether a change is this watcher's own doing and nothing else, such as a finalizer it put on. A controller does not tell it of
   * such a change, nor does the change drop its retries. It must be quick, and not throw.
   */
  isOwnWrite?(old: T, object: T): boolean;
  /** The finalizers that this watcher alone may write and take off. */
  finalizerClaims?(): readonly FinalizerClaim[];
}

/** What its methods must be, for `checkOptions`. */
export const HANDLER_RULES: Readonly<Record<"add" | "update" | "delete" | "sync", Rule>> = {
  add: aFunction,
  update: aFunction,
  delete: aFunction,
  sync: aFunction,
};
