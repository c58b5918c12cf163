import type { FinalizerClaim } from "@operatorkit/api";
import type { KubernetesObject, ResourceAction } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";
import type { ResourceWatcher } from "@operatorkit/watcher";
import type { LiveEvent } from "./live-event.ts";
import type { ReconcilerResult, ResourceReconciler } from "./resource-reconciler.ts";

/** One call of a handler. */
export interface HandlerCall {
  readonly event: LiveEvent;
  readonly state: unknown;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** How a call ended. */
export interface HandlerOutcome {
  readonly failure: { readonly error: unknown } | undefined;
  readonly requeueAfterMs: number | undefined;
  readonly state: unknown;
}

/** A watcher or reconciler, from when it was added until it is removed. Adding the same one again makes another registration. */
export class HandlerRegistration {
  /** Tells registrations apart; never used twice. */
  readonly id: number;
  readonly kind: string;
  readonly type: "watcher" | "reconciler";
  /** What was added. */
  readonly handler: ResourceWatcher<KubernetesObject> | ResourceReconciler;
  readonly #call: (call: HandlerCall) => unknown;
  readonly #removal = new AbortController();

  private constructor(
    type: "watcher" | "reconciler",
    kind: string,
    handler: HandlerRegistration["handler"],
    call: (call: HandlerCall) => unknown,
  ) {
    lastId += 1;
    this.id = lastId;
    this.type = type;
    this.kind = kind;
    this.handler = handler;
    this.#call = call;
  }

  static watcher(watcher: ResourceWatcher<KubernetesObject>, kind: string): HandlerRegistration {
    return new HandlerRegistration("watcher", kind, watcher, (call) => callWatcher(watcher, call));
  }

  static reconciler(reconciler: ResourceReconciler, kind: string): HandlerRegistration {
    return new HandlerRegistration("reconciler", kind, reconciler, ({ event: { action, object }, ...call }) =>
      reconciler.reconcile({ action, object, ...call }),
    );
  }

  /** Aborted when it is removed. */
  get removal(): AbortSignal {
    return this.#removal.signal;
  }

  remove(): void {
    this.#removal.abort(new Error(`the ${this.type} of ${this.kind} was removed`));
  }

  /** The action as this handler knows it: watchers are told of a resync as of an update. */
  actionOf({ action }: LiveEvent): ResourceAction {
    return this.type === "watcher" && action === "RESYNC" ? "UPDATE" : action;
  }

  /** Whether the handler says that the change is its own doing, and no news to it. One that cannot say is told. */
  isOwnWrite({ action, old, object }: LiveEvent): boolean {
    if (action !== "UPDATE" || old === undefined) return false;
    try {
      return this.handler.isOwnWrite?.(old, object) === true;
    } catch {
      return false;
    }
  }

  finalizerClaims(): readonly FinalizerClaim[] {
    return this.handler.finalizerClaims?.() ?? [];
  }

  /** Calls the handler. Whatever it does — throw, reject, answer nonsense — is in the outcome. */
  async call(call: HandlerCall): Promise<HandlerOutcome> {
    try {
      const answer = await this.#call(call);
      return this.type === "watcher" ? SUCCESS : outcomeOf(answer);
    } catch (error) {
      return { ...SUCCESS, failure: { error } };
    }
  }
}

let lastId = 0;

const SUCCESS: HandlerOutcome = Object.freeze({ failure: undefined, requeueAfterMs: undefined, state: undefined });

function callWatcher(watcher: ResourceWatcher<KubernetesObject>, { event, state: _state, ...call }: HandlerCall): unknown {
  const { action, object, old = object, initial, finalStateUnknown } = event;
  switch (action) {
    case "CREATE":
      return watcher.add?.(object, { ...call, action, initial });
    case "UPDATE":
    case "RESYNC":
      return watcher.update?.(old, object, { ...call, action: "UPDATE" });
    case "DELETE":
      return watcher.delete?.(object, { ...call, action, finalStateUnknown });
  }
}

function outcomeOf(answer: unknown): HandlerOutcome {
  if (answer === undefined || answer === null) return SUCCESS;
  if (typeof answer !== "object") throw new TypeError(`a reconciler must return a result object or nothing, not ${typeof answer}`);
  const { requeueAfterMs, state, error } = answer as ReconcilerResult;
  if (requeueAfterMs !== undefined && !(requeueAfterMs >= 0)) {
    throw new TypeError(`a reconciler returned requeueAfterMs: ${requeueAfterMs} must be a number, 0 or more`);
  }
  return { failure: error === undefined || error === null ? undefined : { error }, requeueAfterMs, state };
}
