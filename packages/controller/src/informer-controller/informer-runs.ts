import type { EventHandler } from "@operatorkit/informer";
import { ListMap } from "@operatorkit/listmap";
import type { HealthCheck } from "@operatorkit/observe";
import type { EventSource } from "./event-source.ts";
import { InformerAlreadyAddedError } from "./informer-already-added-error.ts";

interface Added {
  readonly informer: EventSource;
  readonly close: () => void;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * The informers of a controller, by kind, and those of them that run. One that is there under several kinds runs once, and stops
 * when it is removed from the last.
 */
export class InformerRuns {
  readonly #added = new ListMap<Added>();
  readonly #running = new Map<EventSource, Running>();
  /** Those that ran here and will not again. */
  readonly #ended = new WeakSet<EventSource>();
  #signal: AbortSignal | undefined;
  #onFailure: (error: unknown) => void = () => {};

  /** Subscribes, and starts the informer when the others run. What subscribing throws is thrown on, and nothing is added. */
  add(informer: EventSource, kind: string, handler: EventHandler): void {
    if (this.#of(kind).some((added) => added.informer === informer)) throw new InformerAlreadyAddedError(kind);
    if (this.#ended.has(informer)) throw new Error(`add informer of ${kind}: it was stopped, and informers run once; make a new one`);
    const subscription = informer.addEventHandler(handler);
    this.#added.addItem(kind, { informer, close: () => subscription?.close() });
    this.#start(informer);
  }

  /** Unsubscribes; resolves when the informer has stopped, if that was its last kind. */
  async remove(informer: EventSource, kind: string): Promise<void> {
    const added = this.#of(kind).find((one) => one.informer === informer);
    if (added === undefined) return;
    added.close();
    this.#added.removeItem(kind, (one) => one === added);
    if (this.#added.keySize(kind) === 0) this.#added.removeKey(kind);
    if (this.all().includes(informer)) return;
    const running = this.#running.get(informer);
    running?.stop.abort();
    await running?.ended;
  }

  /** Runs all there are, and those added later, until `signal` is aborted. */
  start(signal: AbortSignal, onFailure: (error: unknown) => void): void {
    this.#signal = signal;
    this.#onFailure = onFailure;
    for (const informer of this.all()) this.#start(informer);
  }

  /** Resolves when none runs. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** Ends every subscription, also of those that somebody else runs. */
  close(): void {
    this.#added.rangeAll((_kind, _index, { close }) => close());
  }

  healthChecks(): readonly HealthCheck[] {
    return this.all().flatMap((informer) => informer.healthCheck?.() ?? []);
  }

  /** Each once, in the order they were added. */
  all(): readonly EventSource[] {
    const all = new Set<EventSource>();
    this.#added.rangeAll((_kind, _index, { informer }) => all.add(informer));
    return [...all];
  }

  #of(kind: string): readonly Added[] {
    const informers: Added[] = [];
    this.#added.range(kind, (_, added) => informers.push(added));
    return informers;
  }

  #start(informer: EventSource): void {
    if (this.#signal === undefined || this.#signal.aborted || informer.run === undefined || this.#running.has(informer)) return;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const ended = Promise.resolve(signal)
      .then((given) => informer.run?.({ signal: given }))
      .catch((error: unknown) => this.#onFailure(error))
      .then(() => {
        this.#running.delete(informer);
        this.#ended.add(informer);
      });
    this.#running.set(informer, { stop, ended });
  }
}
