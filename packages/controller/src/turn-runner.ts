import { isApiError } from "@operatorkit/api";
import type { KubernetesObject, ObjectKey } from "@operatorkit/object";
import { noTracer, type Clock, type Logger, type Span, type Tracer } from "@operatorkit/observe";
import { TimeoutError, withTimeout } from "@operatorkit/retry";
import type { WorkQueue } from "@operatorkit/workqueue";
import type { ControllerMetrics, TurnResult } from "./controller-metrics.ts";
import type { ControllerOptions } from "./controller.ts";
import { objectAttributes } from "./object-attributes.ts";
import type { OwnWrites } from "./own-writes.ts";
import { isTerminal } from "./reconcile-error.ts";
import type { Reconciler, TurnOutcome } from "./reconciler.ts";

export interface TurnRunnerOptions<T extends KubernetesObject> {
  readonly options: ControllerOptions<T>;
  readonly queue: WorkQueue;
  readonly ownWrites: OwnWrites;
  readonly reconciler: Reconciler<T>;
  /** Aborts the turns that run. */
  readonly hardStop: AbortSignal;
  /** Told of every failure after it was logged. Does not throw. */
  readonly onError: (error: unknown, key: ObjectKey, retryInMs: number | undefined) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  readonly tracer: Tracer;
}

/** Runs the turns of a queue's keys: each with its deadline, its span and its count, and with the next one that follows from how it ended. */
export class TurnRunner<T extends KubernetesObject> {
  readonly #given: TurnRunnerOptions<T>;
  /** Keys whose last turn failed. */
  readonly #failing = new Set<ObjectKey>();
  /** Keys whose functions have not settled, those past their deadline too. */
  readonly #running = new Set<ObjectKey>();

  constructor(given: TurnRunnerOptions<T>) {
    this.#given = given;
  }

  /** The keys whose turns have not ended, whatever their deadline said. */
  get running(): readonly ObjectKey[] {
    return [...this.#running];
  }

  /** One turn of a key that was taken from the queue. Resolves when its worker is free again. */
  async run(key: ObjectKey): Promise<void> {
    const { options, queue, ownWrites, reconciler, clock, hardStop, metrics, tracer } = this.#given;
    const waitMs = ownWrites.waitMs(key);
    if (waitMs !== undefined) {
      ownWrites.park(key);
      queue.addAfter(key, waitMs);
      queue.done(key);
      return;
    }
    const { reconcileTimeoutMs = RECONCILE_TIMEOUT_MS } = options;
    const startMs = clock.monotonicMs();
    const failures = queue.failures(key);
    const span = tracer === noTracer ? undefined : this.#startSpan(key, failures);
    let work: Promise<TurnOutcome> | undefined;
    this.#running.add(key);
    metrics.started();
    let result: TurnResult = "error";
    try {
      const outcome = await withTimeout(
        (signal) =>
          (work = span === undefined ? reconciler.turn(key, { signal, failures }) : this.#turnIn(span, key, { signal, failures })),
        { timeoutMs: reconcileTimeoutMs, signal: hardStop, clock, what: `the turn of ${options.for.kind} ${key}` },
      );
      result = this.#succeeded(key, outcome);
    } catch (error) {
      span?.fail(error);
      this.#failed(key, error);
    }
    span?.set("operatorkit.result", result);
    span?.end();
    metrics.ended(result, clock.monotonicMs() - startMs);
    const end = (): void => {
      this.#running.delete(key);
      queue.done(key);
    };
    // A turn past its deadline gives its worker back at once, and its key when it has really ended: two turns of one object
    // never run at the same time.
    if (work === undefined) end();
    else void work.then(end, end);
  }

  /** What was there before the turn, in a queue that many write to, is not its cause: each turn begins a trace. */
  #startSpan(key: ObjectKey, failures: number): Span {
    const { name, for: kind } = this.#given.options;
    const attributes = { "operatorkit.controller": name, "operatorkit.retries": failures, ...objectAttributes(kind.kind, key) };
    return this.#given.tracer.startSpan(`reconcile ${name}`, { root: true, attributes });
  }

  /** Apart, so that who does not trace makes no function. */
  #turnIn(span: Span, key: ObjectKey, about: Parameters<Reconciler<T>["turn"]>[1]): Promise<TurnOutcome> {
    return span.run(() => this.#given.reconciler.turn(key, about));
  }

  #succeeded(key: ObjectKey, { requeueAfterMs }: TurnOutcome): TurnResult {
    const { queue, metrics } = this.#given;
    queue.forget(key);
    if (this.#failing.delete(key)) metrics.failing(this.#failing.size);
    if (requeueAfterMs === undefined) return "success";
    queue.addAfter(key, requeueAfterMs);
    return "requeue_after";
  }

  #failed(key: ObjectKey, error: unknown): void {
    const { options, queue, hardStop, metrics, logger, onError } = this.#given;
    if (hardStop.aborted) {
      logger.info("a turn was interrupted: the controller is stopping", { object: key });
      return;
    }
    metrics.failed(error);
    metrics.failing(this.#failing.add(key).size);
    const failures = queue.failures(key) + 1;
    if (isTerminal(error)) {
      metrics.terminal();
      queue.forget(key);
      logger.error("a turn failed for good; the object has its next turn when something about it changes", { object: key, error });
      onError(error, key, undefined);
      return;
    }
    if (error instanceof TimeoutError) metrics.timedOut();
    if (options.backoff === false) {
      logger.error("a turn failed; the object has its next turn when it changes, or at the next resync", { object: key, error });
      onError(error, key, undefined);
      return;
    }
    const retryInMs = queue.addRateLimited(key, { atLeastMs: askedToWaitMs(error) });
    logger.error("a turn failed and will be tried again", { object: key, error, failures, retryInMs });
    onError(error, key, retryInMs);
  }
}

const RECONCILE_TIMEOUT_MS = 300_000;

/** What the server asked for in `Retry-After`. */
function askedToWaitMs(error: unknown): number {
  return isApiError(error) ? (error.retryAfterMs ?? 0) : 0;
}
