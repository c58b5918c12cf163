import type { FinalizerClaim, Runnable, RunOptions } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { noMetrics, noTracer, silentLogger, systemClock, type HealthCheck } from "@operatorkit/observe";
import { anAbortSignal, checkOptions, required } from "@operatorkit/observe/options";
import {
  defaultRetryPolicy,
  dropAllRetries,
  noRetryPolicy,
  opinionatedRetryDequeuePolicy,
  withTimeout,
  type RetryDequeuePolicy,
} from "@operatorkit/retry";
import type { ResourceWatcher } from "@operatorkit/watcher";
import { STOP_GRACE_MS, STOP_TIMEOUT_MS } from "../work-until-stopped.ts";
import type { EventSource } from "./event-source.ts";
import { HandlerRegistration } from "./handler-registration.ts";
import { HandlerRegistry } from "./handler-registry.ts";
import { checkInformerControllerOptions, type InformerControllerOptions } from "./informer-controller-options.ts";
import { InformerControllerRun, type InformerControllerRunOptions } from "./informer-controller-run.ts";
import { InformerRuns } from "./informer-runs.ts";
import type { LiveEvent } from "./live-event.ts";
import { liveEventHandler, refuseNil } from "./live-event-handler.ts";
import type { ResourceReconciler } from "./resource-reconciler.ts";

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
  readonly #handlers = new HandlerRegistry();
  readonly #informers = new InformerRuns();
  readonly #started = Promise.withResolvers<InformerControllerRun>();
  #run: InformerControllerRun | undefined;
  #phase: "new" | "running" | "stopped" = "new";
  /** Until the controller runs, events wait in the informer. */
  readonly #accept = (event: LiveEvent): unknown =>
    this.#run === undefined ? this.#started.promise.then((run) => run.accept(event)) : this.#run.accept(event);

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
    this.#informers.add(informer, resourceKind, liveEventHandler(resourceKind, informer, this.#accept));
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
    if (typeof watcher !== "object" || Array.isArray(watcher))
      throw new TypeError(`watcher must be an object with handlers, not a ${Array.isArray(watcher) ? "list" : typeof watcher}`);
    for (const method of ["add", "update", "delete", "isOwnWrite", "finalizerClaims"] as const) {
      if (watcher[method] !== undefined && typeof watcher[method] !== "function")
        throw new TypeError(`watcher.${method} must be a function`);
    }
    this.#handlers.add(HandlerRegistration.watcher(watcher, resourceKind), this.name);
  }

  /** Removes the first that is this watcher, and its retries; its signal is aborted. Does nothing for an unknown one. */
  removeWatcher<T extends KubernetesObject = KubernetesObject>(watcher: ResourceWatcher<T>, resourceKind: string): void {
    this.#remove(this.#handlers.removeFirst("watcher", resourceKind, watcher));
  }

  removeAllWatchersForResource(resourceKind: string): void {
    this.#remove(this.#handlers.removeAll("watcher", resourceKind));
  }

  /** @throws {TypeError} as `addWatcher`. */
  addReconciler<T extends KubernetesObject, State>(reconciler: ResourceReconciler<T, State>, resourceKind: string): void {
    refuseNil(reconciler, "reconciler");
    refuseEmpty(resourceKind);
    if (typeof reconciler.reconcile !== "function") throw new TypeError("reconciler must have a reconcile method");
    // What it is called with is what informers of this kind tell, and the state it left itself.
    this.#handlers.add(HandlerRegistration.reconciler(reconciler, resourceKind), this.name);
  }

  /** As `removeWatcher`. */
  removeReconciler<T extends KubernetesObject, State>(reconciler: ResourceReconciler<T, State>, resourceKind: string): void {
    this.#remove(this.#handlers.removeFirst("reconciler", resourceKind, reconciler));
  }

  removeAllReconcilersForResource(resourceKind: string): void {
    this.#remove(this.#handlers.removeAll("reconciler", resourceKind));
  }

  /**
   * Runs the informers and calls the handlers until `signal` is aborted. Resolves when the handlers that run have ended; rejects when
   * an informer broke, or a handler did not end in time. A controller runs once, as informers do.
   */
  async run(given: Pick<RunOptions, "signal"> & Partial<RunOptions>): Promise<void> {
    checkOptions(`InformerController ${this.name}: run`, given, { signal: required(anAbortSignal) });
    if (this.#phase !== "new") {
      throw new Error(`run ${this.name}: it ${this.#phase === "running" ? "runs already" : "has stopped; make a new one"}`);
    }
    this.#phase = "running";
    const { signal, clock, logger, metrics, tracer } = given;
    const options = this.#options;
    const log = (options.logger ?? logger ?? silentLogger).with({ controller: this.name });
    const runOptions: InformerControllerRunOptions = {
      ...this.#runOptions(),
      clock: options.clock ?? clock ?? systemClock,
      logger: log,
      metrics: options.metrics ?? metrics ?? noMetrics,
      tracer: options.tracer ?? tracer ?? noTracer,
    };
    const run = new InformerControllerRun(runOptions);
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
    const timing = { timeoutMs: runOptions.stopTimeoutMs, clock: runOptions.clock, what: `stopping the informers of ${this.name}` };
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
    return this.#handlers.all().flatMap((registration) => registration.finalizerClaims());
  }

  #runOptions(): Omit<InformerControllerRunOptions, "clock" | "logger" | "metrics" | "tracer"> {
    const { retryPolicy = defaultRetryPolicy, retryDequeuePolicy = "opinionated", compatibility = {}, onError } = this.#options;
    return {
      name: this.name,
      handlersOf: (kind) => this.#handlers.of(kind),
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

  #remove(removed: readonly HandlerRegistration[]): void {
    for (const handler of removed) {
      handler.remove();
      this.#run?.forget(handler);
    }
  }
}

function dequeuePolicyOf(policy: NonNullable<InformerControllerOptions["retryDequeuePolicy"]> | null): RetryDequeuePolicy {
  if (policy === null || policy === "dropAll") return dropAllRetries;
  return policy === "opinionated" ? opinionatedRetryDequeuePolicy : policy;
}

function refuseEmpty(resourceKind: string): void {
  if (typeof resourceKind !== "string" || resourceKind === "") throw new TypeError("resourceKind cannot be empty");
}

function forEachOf<T>(record: Readonly<Record<string, readonly T[]>> = {}, visit: (item: T, kind: string) => void): void {
  for (const [kind, items] of Object.entries(record)) for (const item of items) visit(item, kind);
}
