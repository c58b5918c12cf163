import type { KubernetesObject } from "@operatorkit/object";
import type { Clock, Timer } from "@operatorkit/observe";
import { Backlog } from "./backlog.ts";
import type { Change } from "./change.ts";
import type { EventHandler, Subscription } from "./event-handler.ts";
import { Milestone } from "./milestone.ts";
import { objectOf } from "./object-of.ts";

/** What goes wrong with a handler, told to whoever runs it. */
export interface HandlerTrouble<T extends KubernetesObject> {
  failed(error: unknown, change: Change<T>): void;
  /** A call has not settled for `afterMs`. */
  stuck(change: Change<T>, afterMs: number): void;
  /** The call that was stuck has settled. */
  unstuck(): void;
}

export interface HandlerSubscriptionOptions<T extends KubernetesObject> {
  readonly handler: EventHandler<T>;
  readonly clock: Clock;
  readonly trouble: HandlerTrouble<T>;
  /** A call that takes longer raises the alarm. */
  readonly alarmAfterMs: number;
  readonly onClose: () => void;
}

/** A list is taken over, and a handler is told, for at most this long each until the event loop gets its turn. */
export const SLICE_MS = 4;

/**
 * Tells one handler of changes, one call after another. Whatever the handler does — throw, reject, block, never settle — stays
 * here: it is reported, and nothing else waits for it.
 */
export class HandlerSubscription<T extends KubernetesObject> implements Subscription {
  readonly #handler: EventHandler<T>;
  readonly #clock: Clock;
  readonly #trouble: HandlerTrouble<T>;
  readonly #alarmAfterMs: number;
  readonly #onClose: () => void;
  readonly #backlog = new Backlog<T>();
  readonly #closing = new AbortController();
  readonly #synced = new Milestone();
  #isPumping = false;
  #isBetweenSlices = false;
  #inFlight: Promise<void> | undefined;
  #alarm: Timer | undefined;
  /** The last turn of what was there at the start; undefined until that is known, and once it was told. */
  #initialTurn: number | undefined;

  constructor({ handler, clock, trouble, alarmAfterMs, onClose }: HandlerSubscriptionOptions<T>) {
    this.#handler = handler;
    this.#clock = clock;
    this.#trouble = trouble;
    this.#alarmAfterMs = alarmAfterMs;
    this.#onClose = onClose;
  }

  /** More was told than the handler's calls could take in one slice; not so when it is waiting for a call to settle. */
  get isBehind(): boolean {
    return this.#isBetweenSlices;
  }

  synced({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#synced.wait({ signal });
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#alarm?.cancel();
    this.#backlog.clear();
    this.#synced.fail(new Error("the subscription was closed before the handler had seen the initial objects"));
    this.#onClose();
  }

  /** Resolves when the call that runs, if one does, has settled; maybe never. */
  async quiet(): Promise<void> {
    await this.#inFlight;
  }

  push(change: Change<T>): void {
    if (this.#closing.signal.aborted) return;
    this.#backlog.push(change);
    this.#start();
  }

  /** All that was there at the start has been pushed: `synced` resolves when that was told. */
  allPushed(): void {
    this.#initialTurn = this.#backlog.lastTurn;
    this.#start();
  }

  #start(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    // Not at once: whoever reports a batch of changes is not held up by handlers, and what changes twice in it is told once.
    queueMicrotask(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    let sliceStartMs = this.#clock.monotonicMs();
    for (let change = this.#backlog.shift(); change !== undefined; change = this.#backlog.shift()) {
      if (this.#initialTurn !== undefined && this.#backlog.takenTurn > this.#initialTurn) this.#reachSynced();
      const settling = this.#call(change);
      if (settling !== undefined) {
        this.#inFlight = this.#settled(settling, change);
        await this.#inFlight;
        this.#inFlight = undefined;
      }
      if (this.#clock.monotonicMs() - sliceStartMs > SLICE_MS) {
        this.#isBetweenSlices = true;
        await new Promise((resolve) => setImmediate(resolve));
        this.#isBetweenSlices = false;
        sliceStartMs = this.#clock.monotonicMs();
      }
    }
    this.#isPumping = false;
    if (this.#initialTurn !== undefined) this.#reachSynced();
  }

  #reachSynced(): void {
    this.#initialTurn = undefined;
    this.#synced.reach();
  }

  /** Calls the handler; a promise when it answered with one. */
  #call(change: Change<T>): PromiseLike<unknown> | undefined {
    const startMs = this.#clock.monotonicMs();
    try {
      const result = this.#tell(change);
      const tookMs = this.#clock.monotonicMs() - startMs;
      if (tookMs > this.#alarmAfterMs) {
        this.#trouble.stuck(change, tookMs);
        this.#trouble.unstuck();
      }
      return isPromiseLike(result) ? result : undefined;
    } catch (error) {
      this.#trouble.failed(error, change);
      return undefined;
    }
  }

  #tell({ type, entry, old, initial, finalStateUnknown }: Change<T>): unknown {
    const { signal } = this.#closing;
    const handler = this.#handler;
    switch (type) {
      case "add":
        return handler.add?.(objectOf(entry), { initial, signal });
      case "update":
      case "resync":
        return handler.update?.(objectOf(old ?? entry), objectOf(entry), { signal });
      case "delete":
        return handler.delete?.(objectOf(entry), { finalStateUnknown, signal });
    }
  }

  /** Waits until the call has settled, however it does, and raises the alarm when that takes long. */
  async #settled(result: PromiseLike<unknown>, change: Change<T>): Promise<void> {
    let isStuck = false;
    this.#alarm = this.#clock.setTimer(this.#alarmAfterMs, () => {
      isStuck = true;
      this.#trouble.stuck(change, this.#alarmAfterMs);
    });
    try {
      await result;
    } catch (error) {
      this.#trouble.failed(error, change);
    } finally {
      this.#alarm.cancel();
      if (isStuck) this.#trouble.unstuck();
    }
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
