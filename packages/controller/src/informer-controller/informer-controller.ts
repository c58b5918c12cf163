import { clashingFinalizer, type FinalizerClaim, type Runnable, type RunOptions } from "@operatorkit/api";
import type { EventHandler } from "@operatorkit/informer";
import { ListMap } from "@operatorkit/listmap";
import { keyOf, type KubernetesObject, type ResourceAction } from "@operatorkit/object";
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
import {
  defaultRetryPolicy,
  dropAllRetries,
  noRetryPolicy,
  opinionatedRetryDequeuePolicy,
  withTimeout,
  type RetryDequeuePolicy,
  type RetryPolicy,
} from "@operatorkit/retry";
import type { ResourceWatcher } from "@operatorkit/watcher";
import { checkInformerControllerOptions } from "./check-informer-controller-options.ts";
import type { EventSource } from "./event-source.ts";
import { HandlerRegistration } from "./handler-registration.ts";
import { InformerControllerRun, type FailedAttempt, type InformerControllerRunOptions } from "./informer-controller-run.ts";
import { InformerRuns } from "./informer-runs.ts";
import type { LiveEvent } from "./live-event.ts";
import type { ResourceReconciler } from "./resource-reconciler.ts";

/** What grafana-app-sdk's controller did otherwise at v0.9.10. All off by default. */
export interface InformerControllerCompatibility {
  /**
   * The events of one informer are handled strictly one after the other, whatever objects they are about; those of different informers
   * side by side. They wait in the informer, which merges what happens to one object meanwhile.
   */
  readonly serialEvents?: boolean;
  /** Events that wait are all told, instead of one merged event per object. Then memory grows with events, not with objects. */
  readonly everyEvent?: boolean;
  /** The handlers of an event, and its retries, share one copy that they may change: what one changes, the next sees. */
  readonly sharedMutableObjects?: boolean;
}

export interface InformerControllerOptions {
  /** In logs, metrics and health checks. @default "informer-controller" */
  readonly name?: string;
  /** What to begin with, by kind: as `addInformer`. */
  readonly informers?: Readonly<Record<string, readonly EventSource[]>>;
  /** What to begin with, by kind: as `addWatcher`. */
  readonly watchers?: Readonly<Record<string, readonly ResourceWatcher<KubernetesObject>[]>>;
  /** What to begin with, by kind: as `addReconciler`. */
  readonly reconcilers?: Readonly<Record<string, readonly ResourceReconciler[]>>;
  /** Whether and when a failed handler is called again with the same event; `null` for never. @default defaultRetryPolicy */
  readonly retryPolicy?: RetryPolicy | null;
  /**
   * Which retries a new event of the object drops. `null` and `"dropAll"` drop them all, as v0.9.10 did by default.
   * @default opinionatedRetryDequeuePolicy
   */
  readonly retryDequeuePolicy?: RetryDequeuePolicy | "opinionated" | "dropAll" | null;
  /** Due times of retries are rounded up to multiples of this; v0.9.10 had 1_000. @default 0: retried when due */
  readonly retryTickMs?: number;
  /** Told of every failed attempt. What it throws is logged. @default logs */
  readonly onError?: (error: unknown, attempt: FailedAttempt) => void;
  /** Objects that are handled at the same time; one object never is. @default 10 */
  readonly concurrency?: number;
  /** After a stop, how long handlers that run may go on before their signals are aborted. @default 5_000 */
  readonly stopGraceMs?: number;
  /** After a stop, how long handlers are waited for in all; then `run` rejects and names those that did not end. @default 30_000 */
  readonly stopTimeoutMs?: number;
  readonly compatibility?: InformerControllerCompatibility;
  readonly clock?: Clock;
  /** @default what `run` is given */
  readonly logger?: Logger;
  /** @default what `run` is given */
  readonly metrics?: Metrics;
  /** Gets a span for each call of a handler, retries too; each is the first of a trace. @default what `run` is given */
  readonly tracer?: Tracer;
}

/**
 * Informers, and watchers and reconcilers that hear of their events, brought together by a label: the `resourceKind`. It need not be the
 * kind's real name. Several informers may share one, and each then feeds every handler of it.
 *
 * Guarantees:
 * - the handlers of an event are called one after the other, watchers before reconcilers, in the order they were added; none is left
 *   out because another failed;
 * - one object is with one handler at a time: its events and its retries take turns, in order. Different objects go side by side,
 *   at most `concurrency`, so a slow or failing object holds up no other;
 * - a handler that fails is called again with the same event, alone, as the retry policy says. A new event first drops the
 *   retries it makes pointless, as the dequeue policy says, also those that are due;
 * - every failed attempt is told to `onError`;
 * - events of one object that wait are told as one; a deletion is always told for what was told to be there;
 * - handlers, reconcilers and informers come and go while it runs. A handler that came later hears of later events only; one that was
 *   removed is not called again, its retries are dropped;
 * - it never changes objects, and hands out what the informer gave: take `mutableCopy` to change one.
 *
 * Handlers must be idempotent: what failed half-way is done again.
 *
 * Source: grafana-app-sdk `operator/informer_controller.go`.
 */
export class InformerController implements Runnable {
  readonly name: string;
  readonly #options: InformerControllerOptions;
  readonly #watchers = new ListMap<HandlerRegistration>();
  readonly #reconcilers = new ListMap<HandlerRegistration>();
  readonly #informers = new InformerRuns();
  readonly #started = Promise.withResolvers<InformerControllerRun>();
  #run: InformerControllerRun | undefined;
  #phase: "new" | "running" | "stopped" = "new";

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: InformerControllerOptions = {}) {
    checkInformerControllerOptions(options);
    this.name = options.name ?? "informer-controller";
    this.#options = options;
    forEachOf(options.watchers, (watcher, kind) => this.addWatcher(watcher, kind));
    forEachOf(options.reconcilers, (reconciler, kind) => this.addReconciler(reconciler, kind));
    forEachOf(options.informers, (informer, kind) => this.addInformer(informer, kind));
  }

  /**
   * Adds an informer, whose events go to the handlers of `resourceKind`. It is run with the controller, at once when that runs.
   *
   * @throws {TypeError} for what is no informer, and an empty kind.
   * @throws {InformerAlreadyAddedError} when this very informer is there under this kind.
   * @throws what subscribing to it throws; then it is not added.
   */
  addInformer<T extends KubernetesObject = KubernetesObject>(informer: EventSource<T>, resourceKind: string): void {
    refuseNil(informer, "informer");
    refuseEmpty(resourceKind);
    if (typeof informer.addEventHandler !== "function") throw new TypeError("informer must have an addEventHandler method");
    if (this.#phase === "stopped") throw new Error(`add informer of ${resourceKind}: ${this.name} has stopped`);
    // The label is all that says which objects it tells of; method parameters are bivariant, so no cast is needed.
    this.#informers.add(informer, resourceKind, this.#handlerOf(informer, resourceKind));
  }

  /**
   * Ends its events; those it told before are still handled. Resolves when it has stopped, if it was there under no other kind. Does
   * nothing for an unknown one.
   */
  removeInformer<T extends KubernetesObject = KubernetesObject>(informer: EventSource<T>, resourceKind: string): Promise<void> {
    return this.#informers.remove(informer, resourceKind);
  }

  /** @throws {TypeError} for what is no watcher, an empty kind, and a finalizer that another handler here keeps on the same objects. */
  addWatcher<T extends KubernetesObject = KubernetesObject>(watcher: ResourceWatcher<T>, resourceKind: string): void {
    refuseNil(watcher, "watcher");
    refuseEmpty(resourceKind);
    if (typeof watcher !== "object") throw new TypeError(`watcher must be an object with handlers, not a ${typeof watcher}`);
    for (const method of ["add", "update", "delete", "isOwnWrite", "finalizerClaims"] as const) {
      if (watcher[method] !== undefined && typeof watcher[method] !== "function")
        throw new TypeError(`watcher.${method} must be a function`);
    }
    this.#add(this.#watchers, HandlerRegistration.watcher(watcher, resourceKind));
  }

  /** Removes the first that is this watcher, and its retries; its signal is aborted. Does nothing for an unknown one. */
  removeWatcher<T extends KubernetesObject = KubernetesObject>(watcher: ResourceWatcher<T>, resourceKind: string): void {
    this.#remove(this.#watchers, resourceKind, ({ handler }) => handler === watcher, 1);
  }

  removeAllWatchersForResource(resourceKind: string): void {
    this.#remove(this.#watchers, resourceKind, () => true);
  }

  /** @throws {TypeError} as `addWatcher`. */
  addReconciler<T extends KubernetesObject, State>(reconciler: ResourceReconciler<T, State>, resourceKind: string): void {
    refuseNil(reconciler, "reconciler");
    refuseEmpty(resourceKind);
    if (typeof reconciler.reconcile !== "function") throw new TypeError("reconciler must have a reconcile method");
    // What it is called with is what informers of this kind tell, and the state it left itself.
    this.#add(this.#reconcilers, HandlerRegistration.reconciler(reconciler, resourceKind));
  }

  /** As `removeWatcher`. */
  removeReconciler<T extends KubernetesObject, State>(reconciler: ResourceReconciler<T, State>, resourceKind: string): void {
    this.#remove(this.#reconcilers, resourceKind, ({ handler }) => handler === reconciler, 1);
  }

  removeAllReconcilersForResource(resourceKind: string): void {
    this.#remove(this.#reconcilers, resourceKind, () => true);
  }

  /**
   * Runs the informers and calls the handlers until `signal` is aborted. Resolves when the handlers that run have ended; rejects when
   * an informer broke, or a handler did not end in time. A controller runs once, as informers do.
   */
  async run({ signal, clock, logger, metrics, tracer }: Pick<RunOptions, "signal"> & Partial<RunOptions>): Promise<void> {
    if (this.#phase !== "new") {
      throw new Error(`run ${this.name}: it ${this.#phase === "running" ? "runs already" : "has stopped; make a new one"}`);
    }
    if (!(signal instanceof AbortSignal)) throw new TypeError(`run ${this.name}: signal is missing`);
    this.#phase = "running";
    const options = this.#options;
    const log = (options.logger ?? logger ?? silentLogger).with({ controller: this.name });
    const run = new InformerControllerRun({
      ...this.#runOptions(),
      clock: options.clock ?? clock ?? systemClock,
      logger: log,
      metrics: options.metrics ?? metrics ?? noMetrics,
      tracer: options.tracer ?? tracer ?? noTracer,
    });
    const broken = new AbortController();
    let failure: { readonly error: unknown } | undefined;
    const stop = AbortSignal.any([signal, broken.signal]);
    this.#informers.start(stop, (error) => {
      failure ??= { error };
      log.error("an informer broke", { error });
      broken.abort();
    });
    this.#run = run;
    this.#started.resolve(run);
    const { stopTimeoutMs = STOP_TIMEOUT_MS } = options;
    const timing = {
      timeoutMs: stopTimeoutMs,
      clock: options.clock ?? clock ?? systemClock,
      what: `stopping the informers of ${this.name}`,
    };
    try {
      await run.run(stop);
    } catch (error) {
      failure ??= { error };
    }
    this.#phase = "stopped";
    broken.abort();
    this.#informers.close();
    await withTimeout(() => this.#informers.ended(), timing).catch((error: unknown) => (failure ??= { error }));
    if (failure !== undefined) throw failure.error;
  }

  /** Ready while it runs and every informer is. */
  healthChecks(): readonly HealthCheck[] {
    const check = (): string | undefined => (this.#phase === "running" ? undefined : `${this.name} does not run`);
    return [{ name: this.name, type: "ready", check }, ...this.#informers.healthChecks()];
  }

  /** The finalizers of its watchers and reconcilers. */
  finalizerClaims(): readonly FinalizerClaim[] {
    return this.#all().flatMap((registration) => registration.finalizerClaims());
  }

  #runOptions(): Omit<InformerControllerRunOptions, "clock" | "logger" | "metrics" | "tracer"> {
    const { retryPolicy = defaultRetryPolicy, retryDequeuePolicy = "opinionated", compatibility = {}, onError } = this.#options;
    return {
      name: this.name,
      handlersOf: (kind) => [...itemsOf(this.#watchers, kind), ...itemsOf(this.#reconcilers, kind)],
      concurrency: this.#options.concurrency ?? 10,
      retryPolicy: retryPolicy ?? noRetryPolicy,
      dequeuePolicy: dequeuePolicyOf(retryDequeuePolicy),
      retryTickMs: this.#options.retryTickMs ?? 0,
      onError,
      serialEvents: compatibility.serialEvents ?? false,
      everyEvent: compatibility.everyEvent ?? false,
      sharedMutableObjects: compatibility.sharedMutableObjects ?? false,
      stopGraceMs: this.#options.stopGraceMs ?? STOP_GRACE_MS,
      stopTimeoutMs: this.#options.stopTimeoutMs ?? STOP_TIMEOUT_MS,
    };
  }

  /** What an informer is given as its handler. Until the controller runs, events wait in the informer. */
  #handlerOf(source: EventSource, kind: string): EventHandler {
    const tell = (action: ResourceAction, object: KubernetesObject, more: Partial<LiveEvent>): unknown => {
      const event = { kind, action, object, old: undefined, initial: false, finalStateUnknown: false, source, ...more };
      const live: LiveEvent = { ...event, key: keyOf(object.metadata) };
      return this.#run === undefined ? this.#started.promise.then((run) => run.accept(live)) : this.#run.accept(live);
    };
    return {
      add: (object, context) => {
        refuseNil(object, "object");
        return tell("CREATE", object, { initial: context?.initial ?? false });
      },
      update: (old, object) => {
        refuseNil(old, "old");
        refuseNil(object, "new");
        return tell(isSameVersion(old, object) ? "RESYNC" : "UPDATE", object, { old });
      },
      delete: (object, context) => {
        refuseNil(object, "object");
        return tell("DELETE", object, { finalStateUnknown: context?.finalStateUnknown ?? false });
      },
    };
  }

  #add(handlers: ListMap<HandlerRegistration>, added: HandlerRegistration): void {
    const { kind, type, handler } = added;
    for (const other of this.#all()) {
      // The same one under several labels is one owner.
      const clash = other.handler === handler ? undefined : clashingFinalizer(added.finalizerClaims(), other.finalizerClaims());
      if (clash !== undefined) {
        throw new TypeError(
          `add ${type} of ${kind} to ${this.name}: a ${other.type} of ${other.kind} keeps the finalizer ${clash.finalizer} on ${clash.kind.kind} too, and would take it off; give one of them another`,
        );
      }
    }
    handlers.addItem(kind, added);
  }

  #all(): readonly HandlerRegistration[] {
    const all: HandlerRegistration[] = [];
    for (const map of [this.#watchers, this.#reconcilers]) map.rangeAll((_kind, _index, registration) => all.push(registration));
    return all;
  }

  #remove(handlers: ListMap<HandlerRegistration>, kind: string, matches: (handler: HandlerRegistration) => boolean, limit = 0): void {
    const removed: HandlerRegistration[] = [];
    handlers.removeItems(kind, (handler) => matches(handler) && removed.push(handler) > 0, limit);
    if (handlers.keySize(kind) === 0) handlers.removeKey(kind);
    for (const handler of removed) {
      handler.remove();
      this.#run?.forget(handler);
    }
  }
}

const STOP_GRACE_MS = 5_000;
const STOP_TIMEOUT_MS = 30_000;

/** The informer told its present state again, without a change. */
function isSameVersion(old: KubernetesObject, object: KubernetesObject): boolean {
  const { resourceVersion } = object.metadata;
  return old === object || (resourceVersion !== undefined && resourceVersion !== "" && old.metadata.resourceVersion === resourceVersion);
}

function itemsOf(map: ListMap<HandlerRegistration>, key: string): readonly HandlerRegistration[] {
  const items: HandlerRegistration[] = [];
  map.range(key, (_, item) => items.push(item));
  return items;
}

function dequeuePolicyOf(policy: NonNullable<InformerControllerOptions["retryDequeuePolicy"]> | null): RetryDequeuePolicy {
  if (policy === null || policy === "dropAll") return dropAllRetries;
  return policy === "opinionated" ? opinionatedRetryDequeuePolicy : policy;
}

function refuseNil(value: unknown, what: string): void {
  if (value === undefined || value === null) throw new TypeError(`${what} cannot be nil`);
}

function refuseEmpty(resourceKind: string): void {
  if (typeof resourceKind !== "string" || resourceKind === "") throw new TypeError("resourceKind cannot be empty");
}

function forEachOf<T>(record: Readonly<Record<string, readonly T[]>> = {}, visit: (item: T, kind: string) => void): void {
  for (const [kind, items] of Object.entries(record)) for (const item of items) visit(item, kind);
}
