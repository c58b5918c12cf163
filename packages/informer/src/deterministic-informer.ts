import { aListWatch } from "@operatorkit/api";
import { silentLogger, systemClock, type HealthCheck } from "@operatorkit/observe";
import type { KubernetesObject } from "@operatorkit/object";
import { aFunction, aNumber, checkOptions, required } from "@operatorkit/observe/options";
import { errorReporter, type ErrorReporter } from "./error-reporter.ts";
import type { EventStreams, ToldError } from "./event-streams.ts";
import { Informer } from "./informer.ts";
import { InformerStreams } from "./informer-streams.ts";
import { informerRules, type InformerOptions } from "./informer-options.ts";
import type { Lister } from "./lister.ts";

/** As giantswarm/operatorkit has it. */
export const defaultResyncPeriodMs = 300_000;

export interface DeterministicInformerOptions<T extends KubernetesObject, U = T> extends Omit<InformerOptions<T>, "resyncMs"> {
  /** What is there is told again this often. @default 300_000 */
  readonly resyncPeriodMs?: number | undefined;
  /**
   * Between two objects of a stream that are told because they are there: initially, and at a resync. What happens is told at once, in
   * between. @default 0
   */
  readonly rateWaitMs?: number | undefined;
  /** Makes what the streams tell of what the server sent. An object at which it throws is told as an error instead. */
  readonly decode?: ((object: T) => U) | undefined;
}

/**
 * An informer that is read as three streams: what is there and what changes, what is going or gone, and what went wrong. As a user of
 * giantswarm/operatorkit's `informer` knows it; a thin layer over `Informer`, with all its guarantees.
 *
 * What is there is told once, and again at each resync; what happens in between is told at once, and nothing is told twice: not what a
 * reconnect or a new list brings again. Created and changed objects cannot be told apart. An object with a deletionTimestamp is told as a
 * deletion, and once more when it is gone; one that vanished unseen is told as a deletion too. What waits for a slow reader is one item per
 * object, the newest.
 */
export class DeterministicInformer<T extends KubernetesObject, U = T> {
  /** The informer underneath: its indexes, key listeners and `verify`. */
  readonly informer: Informer<T>;
  readonly resyncPeriodMs: number;
  readonly rateWaitMs: number;
  readonly #options: DeterministicInformerOptions<T, U>;
  readonly #reporter: ErrorReporter;
  readonly #streams = new Set<InformerStreams<T, U>>();
  readonly #stopped = new AbortController();

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: DeterministicInformerOptions<T, U>) {
    checkOptions("DeterministicInformer", options, {
      listWatch: required(aListWatch),
      ...informerRules,
      resyncPeriodMs: aNumber({ above: 0 }),
      rateWaitMs: aNumber({ atLeast: 0 }),
      decode: aFunction,
    });
    const { resyncPeriodMs = defaultResyncPeriodMs, rateWaitMs = 0, onError, logger = silentLogger } = options;
    this.#options = options;
    this.#reporter = errorReporter({ onError, logger });
    this.resyncPeriodMs = resyncPeriodMs;
    this.rateWaitMs = rateWaitMs;
    this.informer = new Informer<T>({
      ...options,
      resyncMs: undefined,
      onError: (error, context) => this.#onError({ error, ...context }),
    });
  }

  get name(): string {
    return this.informer.name;
  }

  get lister(): Lister<T> {
    return this.informer.lister;
  }

  /** Keeps the copy until `signal` is aborted, which ends all streams. An informer runs once. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    try {
      await this.informer.run(options);
    } finally {
      this.#stopped.abort();
    }
  }

  /**
   * Resolves, once the copy is full, with three streams. Each begins when its reading begins, with what is there, and nothing is kept for it
   * before or after: when the last one that was begun is left, all three are over. Rejects when the informer stops before.
   * @param options.signal ends the streams
   */
  async watch({ signal }: { readonly signal?: AbortSignal } = {}): Promise<EventStreams<U>> {
    await this.informer.synced(signal === undefined ? {} : { signal });
    // Without a decode, U is T.
    const { clock = systemClock, decode = (object: T) => object as unknown as U } = this.#options;
    const streams = new InformerStreams<T, U>({
      informer: this.informer,
      clock,
      resyncPeriodMs: this.resyncPeriodMs,
      rateWaitMs: this.rateWaitMs,
      decode,
      signals: [this.#stopped.signal, signal],
      onUntold: (error) => this.#report(error),
      onOpen: () => void this.#streams.add(streams),
      onClose: () => void this.#streams.delete(streams),
    });
    return streams;
  }

  healthCheck(): HealthCheck {
    return this.informer.healthCheck();
  }

  /** As an operator asks its runnables for them; an informer is one. */
  healthChecks(): readonly HealthCheck[] {
    return this.informer.healthChecks();
  }

  #onError(told: ToldError): void {
    let isTold = false;
    for (const streams of this.#streams) isTold = streams.tellError(told) || isTold;
    if (!isTold || this.#options.onError !== undefined) this.#report(told);
  }

  #report({ error, during, key }: ToldError): void {
    this.#reporter(error, { during, ...(key !== undefined && { key }) }, `${this.name}: ${during} failed`);
  }
}
