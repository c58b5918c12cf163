import type { KubernetesObject } from "@operatorkit/object";
import { aFunction, anObject, type Rule } from "@operatorkit/observe/options";

/** What every handler call is told besides the object. */
export interface HandlerContext {
  /** Aborted when the subscription is closed or the informer stops. */
  readonly signal: AbortSignal;
}

export interface AddContext extends HandlerContext {
  /** The object was there when the handler subscribed, or when the informer first listed. */
  readonly initial: boolean;
}

export interface DeleteContext extends HandlerContext {
  /** The deletion itself was missed: the object is the last state that was seen, maybe not the last there was. */
  readonly finalStateUnknown: boolean;
}

/**
 * Your reaction to changes of a kind. Every method is optional, may be asynchronous, and may fail.
 *
 * Calls for one handler come one after another, each after the one before has settled. What changes several times while the
 * handler is busy is told once, as one change from what it last saw to what is there now. A re-created object is a `delete` and an `add`.
 * Objects are frozen and shared: take `mutableCopy` to change one.
 */
export interface EventHandler<T = KubernetesObject> {
  add?(object: T, context: AddContext): unknown;
  /** With resyncs on, also called with `old === object` to tell the present state again. */
  update?(old: T, object: T, context: HandlerContext): unknown;
  delete?(object: T, context: DeleteContext): unknown;
}

export const anEventHandler: Rule = anObject({ add: aFunction, update: aFunction, delete: aFunction });

/** Something that listens to an informer. */
export interface Subscription {
  /** Resolves when every object that was there at the start was handed to the handler and its call has settled. Rejects when closed before. */
  synced(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** No call begins after this; one that runs is told by its signal. */
  close(): void;
}
