import { aClient, type FinalizerClaim, type Runnable, type RunOptions } from "@operatorkit/api";
import type { Change, SharedInformers } from "@operatorkit/informer";
import type { Kind, KubernetesObject, ObjectKey } from "@operatorkit/object";
import {
  noMetrics,
  noTracer,
  silentLogger,
  systemClock,
  type Clock,
  type HealthCheck,
  type Logger,
  type Metrics,
  type Tracer,
} from "@operatorkit/observe";
import { aFunction, anAbortSignal, checkOptions, having, required, type OptionRules } from "@operatorkit/observe/options";
import type { Backoff } from "@operatorkit/retry";
import { assertFinalizer, defaultFinalizer } from "@operatorkit/watcher";
import { checkControllerOptions } from "./check-controller-options.ts";
import { ControllerRun } from "./controller-run.ts";
import type { WatchedKind } from "./only-metadata.ts";
import type { Predicate } from "./predicate.ts";
import type { ReconcileContext } from "./reconcile-context.ts";
import type { CleanupResult, ReconcileResult } from "./reconcile-result.ts";
import type { Claim } from "./turn-plan.ts";
import type { Watch } from "./watch.ts";

export interface ControllerOptions<T extends KubernetesObject> {
  /** In logs, metrics, events and the finalizer, and as the field manager of what it writes. */
  readonly name: string;
  /** The kind whose objects it reconciles. */
  readonly for: Kind<T>;
  /** Kinds it makes objects of: a change of one gives the object that controls it a turn. `onlyMetadata(kind)` where that is enough. */
  readonly owns?: readonly WatchedKind[];
  /** Kinds whose changes give other objects a turn. */
  readonly watches?: readonly Watch[];
  /**
   * Makes the world look as `object` says. Called with the present state, whatever happened before; it may be called again
   * any time, and must come to the same end.
   */
  reconcile(context: ReconcileContext<T>): Promise<ReconcileResult<T> | void> | ReconcileResult<T> | void;
  /**
   * Undoes what Kubernetes does not delete by itself. Given, a finalizer is kept on every object: it is added before the first
   * reconcile and removed when this has succeeded after the object was deleted. It may be called again any time. Its object may be the last
   * known state of one that is gone, without a `deletionTimestamp`.
   */
  cleanup?(context: ReconcileContext<T>): Promise<CleanupResult | void> | CleanupResult | void;
  /** Objects that are reconciled at the same time; one object never is. @default 1 */
  readonly concurrency?: number;
  /**
   * How long an object waits after its n-th failure. `false`: for its next change, or the next resync.
   * @default 5 ms, doubling up to 1,000 s, as client-go
   */
  readonly backoff?: Backoff | false;
  /** Every object has a turn again this long after the last round of such turns. @default never */
  readonly resyncMs?: number;
  /** Between the turns of one round of `resyncMs`; what happens meanwhile does not wait for them. @default 0 */
  readonly resyncWaitMs?: number;
  /**
   * Whether an object is this controller's, asked at each of its turns before anything else. `false`: it is left as it is, also when
   * it is being deleted. `"release"`: as `false`, and the controller's finalizer is taken off it, without a cleanup. A throw fails the turn.
   * @default every object is
   */
  claim?(object: T): Claim;
  /** How long a turn may take. Then its signal is aborted and it counts as failed. @default 300_000 */
  readonly reconcileTimeoutMs?: number;
  /** Which changes of its own kind give a turn. @default all */
  readonly predicates?: readonly Predicate<T>[];
  /** Only objects of this namespace. @default all namespaces */
  readonly namespace?: string;
  /** Only objects that match; an object whose labels stop matching looks deleted. */
  readonly labelSelector?: string;
  /** The finalizer that is kept when there is a `cleanup`. @default `<group>/<name>` */
  readonly finalizer?: string;
  /** Told of every failure after it was logged; `retryInMs` is missing when there will be no retry. What it throws is logged. */
  readonly onError?: (error: unknown, context: { readonly key: ObjectKey; readonly retryInMs: number | undefined }) => void;
  /** After a stop, how long the turns that run may go on before their signal is aborted. @default 5_000 */
  readonly stopGraceMs?: number;
  /** After a stop, how long turns are waited for in all; then `run` rejects and names those that did not end. @default 30_000 */
  readonly stopTimeoutMs?: number;
  readonly clock?: Clock;
  /** @default what `run` is given */
  readonly logger?: Logger;
  /** @default what `run` is given */
  readonly metrics?: Metrics;
  /** Gets a span for each turn, the first of a trace; what the turn does, requests too, is part of it. @default what `run` is given */
  readonly tracer?: Tracer;
}

export interface ControllerRunnableOptions extends RunOptions {
  /** Shared with others, and run by who shares them. @default its own */
  readonly informers?: SharedInformers;
  /** Called when every local copy was filled, before the first turn. */
  readonly onSynced?: () => void;
  /** Told of every change of the controller's own kind, before its predicates are asked; for counting, and quick. */
  readonly onChange?: (change: Change) => void;
}

/**
 * Runs your code for the right object, in order, one at a time per object.
 *
 * Guarantees:
 * - after every change of an object, of what it owns, or of what `watches` maps to it, it has a turn that begins later;
 * - an object never has two turns at the same time, also when one has outlived its deadline;
 * - a turn does not begin before the local copies show what the turn before wrote (waiting is bounded to 5 minutes);
 * - a failure (throw, rejection, deadline) stays with its object: it is logged, counted, and tried again with growing waits;
 * - a status is written when it differs, and not otherwise: restarting writes nothing;
 * - with `cleanup`, an object is not reconciled before it carries the finalizer, and not gone before cleanup has succeeded; one that a server
 *   removes all the same, not marked for deletion and with the finalizer on it, is cleaned up after from its last known state.
 */
export class Controller<T extends KubernetesObject> implements Runnable {
  readonly name: string;
  readonly kind: Kind<T>;
  /** What is kept on every object; `undefined` without a `cleanup`. */
  readonly finalizer: string | undefined;
  readonly #options: ControllerOptions<T>;
  #run: ControllerRun<T> | undefined;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: ControllerOptions<T>) {
    checkControllerOptions(options);
    this.name = options.name;
    this.kind = options.for;
    this.finalizer = finalizerOf(options);
    this.#options = options;
  }

  /**
   * Reconciles until `signal` is aborted. Resolves when every turn has ended; rejects when the informers broke or a turn did
   * not end in time.
   *
   * @throws {TypeError} naming what it cannot run with.
   */
  async run(options: ControllerRunnableOptions): Promise<void> {
    checkOptions(`Controller ${this.name}: run`, options, RUN_RULES);
    const { client, signal, informers, onSynced, onChange, clock, logger, metrics, tracer } = options;
    if (this.#run !== undefined) throw new Error(`run controller ${this.name}: it runs already`);
    this.#run = new ControllerRun<T>({
      options: this.#options,
      finalizer: this.finalizer,
      client,
      informers,
      onSynced,
      onChange,
      clock: this.#options.clock ?? clock ?? systemClock,
      logger: this.#options.logger ?? logger ?? silentLogger,
      metrics: this.#options.metrics ?? metrics ?? noMetrics,
      tracer: this.#options.tracer ?? tracer ?? noTracer,
    });
    try {
      await this.#run.run(signal);
    } finally {
      this.#run = undefined;
    }
  }

  /** Ready while it runs and every local copy was filled. */
  healthChecks(): readonly HealthCheck[] {
    const check = (): string | undefined => (this.#run === undefined ? `controller ${this.name} does not run` : this.#run.ailment());
    return [{ name: `controller-${this.name}`, type: "ready", check }];
  }

  finalizerClaims(): readonly FinalizerClaim[] {
    const { namespace, labelSelector } = this.#options;
    return this.finalizer === undefined ? [] : [{ kind: this.kind, finalizer: this.finalizer, namespace, labelSelector }];
  }
}

/** What a controller must be run with. */
export const RUN_RULES: OptionRules<ControllerRunnableOptions> = {
  client: required(aClient("listWatch", "with")),
  signal: required(anAbortSignal),
  informers: having("SharedInformers", ["for", "run"]),
  onSynced: aFunction,
  onChange: aFunction,
};

function finalizerOf<T extends KubernetesObject>(options: ControllerOptions<T>): string | undefined {
  const { name, for: kind, finalizer } = options;
  if (options.cleanup === undefined) return undefined;
  if (finalizer === undefined) return defaultFinalizer(kind.group, name);
  try {
    assertFinalizer(kind, finalizer);
  } catch (error) {
    throw new TypeError(`Controller ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return finalizer;
}
