import type { FinalizerClaim, Runnable } from "@operatorkit/api";
import type { Change } from "@operatorkit/informer";
import {
  matchesLabels,
  parseLabelSelector,
  qualifiedNameProblems,
  type Kind,
  type KubernetesObject,
  type ObjectKey,
} from "@operatorkit/object";
import { noMetrics, noTracer, silentLogger, systemClock, type Clock, type HealthCheck, type Logger } from "@operatorkit/observe";
import { checkOptions } from "@operatorkit/observe/options";
import { TimeoutError, withTimeout } from "@operatorkit/retry";
import { Controller, RUN_RULES, type ControllerOptions, type ControllerRunnableOptions } from "../controller.ts";
import { boot, BootError } from "./boot.ts";
import { giantswarmInformerMetrics } from "./giantswarm-informer-metrics.ts";
import { ObjectTimestamps } from "./object-timestamps.ts";
import { PassRunner } from "./pass-runner.ts";
import { pauseAnnotationsOf } from "./pause.ts";
import {
  checkResourceControllerOptions,
  RESYNC_MS,
  resourceSetsOf,
  type ResourceControllerOptions,
} from "./resource-controller-options.ts";

/** The finalizer that giantswarm/operatorkit's controllers keep. @throws {TypeError} for a name that no finalizer can have. */
export function giantswarmFinalizer(controllerName: string): string {
  const finalizer = `operatorkit.giantswarm.io/${controllerName}`;
  const [problem] = typeof controllerName === "string" ? qualifiedNameProblems(finalizer) : ["must be a string"];
  if (problem !== undefined) throw new TypeError(`giantswarmFinalizer: controllerName: "${controllerName}": ${problem}`);
  return finalizer;
}

/**
 * A controller whose reconcile is a list of resources: each is ensured for every object, and ensured gone before the object goes.
 *
 * Guarantees, besides those of `Controller`:
 * - resources run in their order, one after the other, on deletion too; the first failure ends the pass;
 * - an object without our finalizer has no deletion pass; one with it has passes until one succeeds: at least once across restarts,
 *   and exactly one that succeeds per object (uid) in the life of this controller, also when the server removed it with the finalizer on it;
 * - a paused object, one that no resource set handles, and one that several handle is not written to at all;
 * - a failed pass comes again at the next change or resync, unless `backoff` says sooner;
 * - `booted` resolves when the first lists are there; when they never come, `run` rejects after `bootTries` tries.
 */
export class ResourceController<T extends KubernetesObject> implements Runnable {
  readonly name: string;
  readonly kind: Kind<T>;
  /** What is kept on every object; `undefined` when there is none. */
  readonly finalizer: string | undefined;
  /** Resolves when the first lists are there. Rejects when the controller ended before that. */
  readonly booted: Promise<void>;
  readonly #options: ResourceControllerOptions<T>;
  readonly #passes: PassRunner<T>;
  readonly #controller: Controller<T>;
  readonly #booted: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #stop = new AbortController();
  #logger: Logger = silentLogger;
  #isRunning = false;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: ResourceControllerOptions<T>) {
    checkResourceControllerOptions(options);
    const { name, resyncMs = RESYNC_MS, labelSelector, whenDeselected = "keep", pauseAnnotations = {}, finalizer } = options;
    this.#options = options;
    this.#passes = new PassRunner<T>({
      name,
      sets: resourceSetsOf(options),
      pausing: pauseAnnotationsOf(pauseAnnotations, options.replacePauseDefaults ?? false),
      deselection:
        labelSelector === undefined || whenDeselected === "keep"
          ? undefined
          : { selector: parseLabelSelector(labelSelector), policy: whenDeselected },
      rememberMs: 3 * resyncMs,
    });
    // The metrics are given to its run.
    const { labelSelector: _selector, finalizer: _finalizer, metrics: _metrics, ...shared } = options;
    this.#controller = new Controller<T>({
      ...shared,
      resyncMs,
      backoff: options.backoff ?? false,
      ...(labelSelector !== undefined && whenDeselected === "keep" && { labelSelector }),
      ...(typeof finalizer === "string" && { finalizer }),
      claim: (object) => this.#passes.claim(object),
      reconcile: (context) => this.#passes.reconcile(context),
      ...(finalizer !== false && { cleanup: (context) => this.#passes.cleanup(context) }),
      onError: (error, about) => this.#failed(error, about),
    });
    this.name = name;
    this.kind = options.for;
    this.finalizer = this.#controller.finalizer;
    this.booted = this.#booted.promise;
    // Who does not ask is not bothered by a rejection nobody handles.
    this.booted.catch(() => {});
  }

  /**
   * Boots, then reconciles until `signal` is aborted or `stop` is called. Resolves when every turn has ended. Rejects with a
   * `BootError` when it could not boot, or with what broke later.
   */
  async run(given: ControllerRunnableOptions): Promise<void> {
    checkOptions(`ResourceController ${this.name}: run`, given, RUN_RULES);
    if (this.#isRunning) throw new Error(`run resource controller ${this.name}: it runs already`);
    this.#isRunning = true;
    const clock = this.#options.clock ?? given.clock ?? systemClock;
    const metrics = this.#options.metrics ?? given.metrics ?? noMetrics;
    this.#logger = (this.#options.logger ?? given.logger ?? silentLogger).with({ controller: this.name });
    const signal = AbortSignal.any([given.signal, this.#stop.signal]);
    const { giantswarmMetrics = false, giantswarmTimestamps = false, labelSelector } = this.#options;
    const tracer = this.#options.tracer ?? given.tracer ?? noTracer;
    this.#passes.begin({ clock, logger: this.#logger, tracer, metrics: giantswarmMetrics ? metrics : undefined });
    const timestamps = giantswarmTimestamps ? new ObjectTimestamps({ metrics, kind: this.kind, controller: this.name }) : undefined;
    const onChange = timestamps === undefined ? undefined : timestampsOf(timestamps, labelSelector);
    const quiet = new AbortController();
    const resetting = this.#passes.metrics.resetErrors({ everyMs: 4 * (this.#options.resyncMs ?? RESYNC_MS), signal: quiet.signal });
    try {
      const counting = giantswarmMetrics ? giantswarmInformerMetrics(metrics, { clock }) : metrics;
      await this.#boot({ ...given, clock, signal, metrics: counting, ...(onChange !== undefined && { onChange }) });
    } finally {
      timestamps?.clear();
      quiet.abort();
      await resetting;
      await this.#flush(clock);
      this.#booted.reject(new Error(`resource controller ${this.name}: it ended before it had booted`));
      this.#isRunning = false;
    }
  }

  /** Ends the run, for good: a run that comes later ends at once. May be called any time, and again. */
  stop(): void {
    this.#stop.abort(new Error(`resource controller ${this.name} was stopped`));
  }

  healthChecks(): readonly HealthCheck[] {
    return this.#controller.healthChecks();
  }

  finalizerClaims(): readonly FinalizerClaim[] {
    const { namespace, labelSelector } = this.#options;
    return this.finalizer === undefined ? [] : [{ kind: this.kind, finalizer: this.finalizer, namespace, labelSelector }];
  }

  async #boot(given: ControllerRunnableOptions & { readonly clock: Clock }): Promise<void> {
    const { bootTries = 7, bootWaitMs = 1000 } = this.#options;
    const { signal, clock } = given;
    try {
      await boot({
        tries: bootTries,
        waitMs: bootWaitMs,
        signal,
        clock,
        logger: this.#logger,
        attempt: (booted) => this.#attempt(given, booted),
      });
    } catch (error) {
      if (error instanceof BootError) {
        this.#logger.error("the controller could not boot", { error });
        this.#capture(error, undefined);
        this.#booted.reject(error);
        try {
          this.#options.onBootFailed?.(error);
        } catch (thrown) {
          this.#logger.error("onBootFailed failed", { error: thrown });
        }
      }
      throw error;
    }
  }

  async #attempt(given: ControllerRunnableOptions & { readonly clock: Clock }, booted: () => void): Promise<void> {
    const { bootTimeoutMs = 120_000 } = this.#options;
    const { client, signal, clock } = given;
    await withTimeout((bootSignal) => this.#options.boot?.({ client, signal: bootSignal, log: this.#logger }), {
      timeoutMs: bootTimeoutMs,
      signal,
      clock,
      what: `boot of resource controller ${this.name}`,
    });
    const late = new AbortController();
    const deadline = clock.setTimer(bootTimeoutMs, () => {
      const ailment = this.#controller.healthChecks().flatMap(({ check }) => check() ?? []);
      late.abort(new TimeoutError(`${ailment.join()}; they did not come within ${bootTimeoutMs} ms`, bootTimeoutMs));
    });
    const onSynced = (): void => {
      deadline.cancel();
      booted();
      this.#booted.resolve();
      given.onSynced?.();
    };
    try {
      await this.#controller.run({ ...given, signal: AbortSignal.any([signal, late.signal]), onSynced });
    } finally {
      deadline.cancel();
    }
    late.signal.throwIfAborted();
  }

  #failed(error: unknown, about: Parameters<NonNullable<ControllerOptions<T>["onError"]>>[1]): void {
    this.#passes.metrics.failed();
    this.#capture(error, about.key);
    this.#options.onError?.(error, about);
  }

  #capture(error: unknown, object: ObjectKey | undefined): void {
    try {
      this.#options.errorTracker?.capture(error, { controller: this.name, object });
    } catch (thrown) {
      this.#logger.error("the error tracker failed", { error: thrown });
    }
  }

  async #flush(clock: Clock): Promise<void> {
    try {
      await withTimeout(() => this.#options.errorTracker?.flush?.(), { timeoutMs: FLUSH_MS, clock, what: "flush of the error tracker" });
    } catch (error) {
      this.#logger.warn("the error tracker could not be flushed", { error });
    }
  }
}

const FLUSH_MS = 2000;

/** For all but `whenDeselected: "keep"` the copy holds objects that do not match; they are not the controller's. */
function timestampsOf(timestamps: ObjectTimestamps<KubernetesObject>, labelSelector: string | undefined): (change: Change) => void {
  const selector = labelSelector === undefined ? undefined : parseLabelSelector(labelSelector);
  return ({ type, entry: { object } }) => {
    if (type === "delete" || (selector !== undefined && !matchesLabels(selector, object.metadata.labels))) timestamps.delete(object);
    else timestamps.add(object);
  };
}
