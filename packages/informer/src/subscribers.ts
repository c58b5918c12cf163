import type { ObjectEntry } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { sleep, type Clock, type Logger } from "@operatorkit/observe";
import { addOf, type Change } from "./change.ts";
import type { ErrorReporter } from "./error-reporter.ts";
import type { EventHandler, Subscription } from "./event-handler.ts";
import { HandlerSubscription, type HandlerTrouble } from "./handler-subscription.ts";
import type { InformerMetrics } from "./informer-metrics.ts";
import type { KeyListener, KeySubscription } from "./informer-view.ts";

export interface SubscribersOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: InformerMetrics;
  readonly report: ErrorReporter;
  /** A handler call that takes longer raises the alarm. */
  readonly handlerAlarmMs: number;
}

/**
 * Everybody who is told of the changes of a copy: handlers each in their own time, key listeners at once. Whoever comes late is told of
 * what is there first. What one of them does harms nobody else.
 */
export class Subscribers<T extends KubernetesObject> {
  readonly #options: SubscribersOptions;
  readonly #metrics: InformerMetrics;
  readonly #handlers = new Set<HandlerSubscription<T>>();
  readonly #listeners = new Set<KeyListener<T>>();
  /** The first list was told whole. */
  #isFilled = false;
  #isClosed = false;

  constructor(options: SubscribersOptions) {
    this.#options = options;
    this.#metrics = options.metrics;
  }

  addHandler(handler: EventHandler<T>, present: Iterable<ObjectEntry<T>>): Subscription {
    const { clock, handlerAlarmMs } = this.#options;
    const subscription = new HandlerSubscription<T>({
      handler,
      clock,
      alarmAfterMs: handlerAlarmMs,
      trouble: this.#trouble,
      onClose: () => void this.#handlers.delete(subscription),
    });
    if (this.#isClosed) {
      subscription.close();
      return subscription;
    }
    this.#handlers.add(subscription);
    // While the first list is being taken over, part of it is there, and the rest is on its way to all handlers.
    for (const entry of present) subscription.push(addOf(entry.key, entry, true));
    if (this.#isFilled) subscription.allPushed();
    return subscription;
  }

  addListener(listener: KeyListener<T>, present: Iterable<ObjectEntry<T>>): KeySubscription {
    this.#listeners.add(listener);
    for (const entry of present) this.#tellListener(listener, addOf(entry.key, entry, true));
    return { close: () => void this.#listeners.delete(listener) };
  }

  tell(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      this.#metrics.changed(change.type);
      for (const listener of this.#listeners) this.#tellListener(listener, change);
      for (const handler of this.#handlers) handler.push(change);
    }
  }

  /** The first list was told: handlers are synced when they have handled it. */
  filled(): void {
    this.#isFilled = true;
    for (const handler of this.#handlers) handler.allPushed();
  }

  /**
   * Handlers that are busy, not waiting, get the event loop's next turn before more is read: a flood of events is then told one by one
   * instead of being merged unseen.
   */
  pause(): Promise<void> | undefined {
    for (const handler of this.#handlers) if (handler.isBehind) return new Promise((resolve) => setImmediate(resolve));
    return undefined;
  }

  /** No handler call begins after this; those that run are waited for, but not longer than `graceMs`. */
  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#isClosed = true;
    const handlers = [...this.#handlers];
    for (const handler of handlers) handler.close();
    const grace = new AbortController();
    const quiet = Promise.all(handlers.map((handler) => handler.quiet()));
    const graceOver = sleep(graceMs, { signal: grace.signal, clock: this.#options.clock }).catch(() => {});
    await Promise.race([quiet, graceOver]);
    grace.abort();
  }

  #tellListener(listener: KeyListener<T>, change: Change<T>): void {
    try {
      listener(change.key, change);
    } catch (error) {
      this.#options.report(error, { during: "listener", key: change.key }, `a key listener failed at ${change.key}`);
    }
  }

  readonly #trouble: HandlerTrouble<T> = {
    failed: (error, { type, key }) => {
      this.#metrics.handlerFailed();
      this.#options.report(error, { during: "handler", key }, `a handler failed at ${type} ${key}`);
    },
    stuck: ({ type, key }, afterMs) => {
      this.#metrics.handlersStuck(1);
      const what = `a handler has been at ${type} ${key} for ${afterMs / 1000} s; it is told nothing else until it settles`;
      this.#options.logger.error(what, { key, type });
    },
    unstuck: () => this.#metrics.handlersStuck(-1),
  };
}
