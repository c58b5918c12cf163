import { mutableCopy, type ObjectKey, type ResourceAction } from "@operatorkit/object";
import { noTracer, type Clock, type Logger, type Metrics, type Span, type Tracer } from "@operatorkit/observe";
import { RetryQueue, type Retry, type RetryDequeuePolicy, type RetryPolicy } from "@operatorkit/retry";
import { KeyedLanes } from "@operatorkit/workqueue";
import { objectAttributes } from "../object-attributes.ts";
import { workUntilStopped } from "../work-until-stopped.ts";
import type { HandlerCall, HandlerOutcome, HandlerRegistration } from "./handler-registration.ts";
import { informerControllerMetrics, type InformerControllerMetrics } from "./informer-controller-metrics.ts";
import { mergeLiveEvents, type LiveEvent } from "./live-event.ts";
import { nextAttempt, resultOf } from "./next-attempt.ts";

/** A failure, as `onError` is told of it. */
export interface FailedAttempt {
  readonly kind: string;
  readonly key: ObjectKey;
  readonly action: ResourceAction;
  /** 0 for the first call, n for the n-th retry. */
  readonly attempt: number;
  readonly willRetry: boolean;
  /** Undefined without a retry. */
  readonly retryInMs: number | undefined;
  readonly handler: "watcher" | "reconciler";
}

export interface InformerControllerRunOptions {
  readonly name: string;
  /** Who hears of a kind's events, in order. Read when an event's turn comes. */
  readonly handlersOf: (kind: string) => readonly HandlerRegistration[];
  readonly concurrency: number;
  readonly retryPolicy: RetryPolicy;
  readonly dequeuePolicy: RetryDequeuePolicy;
  readonly retryTickMs: number;
  readonly onError: ((error: unknown, attempt: FailedAttempt) => void) | undefined;
  readonly serialEvents: boolean;
  readonly everyEvent: boolean;
  readonly sharedMutableObjects: boolean;
  readonly stopGraceMs: number;
  readonly stopTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/** One handler's share of one event: what a retry does again. */
interface Share {
  readonly handler: HandlerRegistration;
  readonly event: LiveEvent;
  readonly state: unknown;
}

type Job =
  | { readonly type: "event"; readonly event: LiveEvent; readonly settled?: () => void }
  | { readonly type: "retry"; readonly retry: Retry<Share> }
  | { readonly type: "nothing" };

/** One run of an informer controller: events and retries of an object in one lane, handlers in order, failures into the retry queue. */
export class InformerControllerRun {
  readonly #options: InformerControllerRunOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: InformerControllerMetrics;
  readonly #tracer: Tracer;
  readonly #lanes: KeyedLanes<Job>;
  readonly #retries: RetryQueue<Share>;
  /** Aborts the handlers that run. */
  readonly #hardStop = new AbortController();
  /** What each handler's calls are stopped by; made once, not per call. */
  readonly #signals = new WeakMap<HandlerRegistration, AbortSignal>();
  readonly #stopped = Promise.withResolvers<void>();
  /** What handlers are at, for the error of those that do not end. */
  readonly #busy = new Set<string>();
  #isStopping = false;
  readonly #decide: RetryPolicy = (error, attempt) => {
    try {
      return this.#options.retryPolicy(error, attempt);
    } catch (thrown) {
      this.#logger.error("the retry policy failed; there is no retry", { error: thrown });
      return { retry: false, delayMs: 0 };
    }
  };

  constructor(options: InformerControllerRunOptions) {
    const { name, concurrency, dequeuePolicy, retryTickMs, clock, logger, metrics, tracer } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = informerControllerMetrics(metrics);
    this.#tracer = tracer;
    this.#lanes = new KeyedLanes<Job>({
      name,
      concurrency,
      clock,
      metrics,
      run: (_lane, job) => this.#work(job),
      ...(!options.everyEvent && { merge: mergeJobs }),
    });
    this.#retries = new RetryQueue<Share>({
      clock,
      dequeuePolicy,
      tickMs: retryTickMs,
      merge: mergeShares,
      onPolicyError: (error) => logger.error("the retry dequeue policy failed; the retry is kept", { error }),
      onDue: (due) => due.forEach((retry) => this.#lanes.push(laneOf(retry.job.event), { type: "retry", retry })),
    });
  }

  /** Takes an event in. Resolves when its handlers are done with it, where events are serial; else nothing is to be waited for. */
  accept(event: LiveEvent): Promise<void> | undefined {
    if (this.#isStopping) return undefined;
    if (!this.#options.serialEvents) {
      this.#lanes.push(laneOf(event), { type: "event", event });
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lanes.push(laneOf(event), { type: "event", event, settled: resolve });
    // What waits in a lane at the stop is forgotten there.
    return Promise.race([promise, this.#stopped.promise]);
  }

  /** Drops the retries of a handler that was removed. */
  forget(handler: HandlerRegistration): void {
    this.#retries.drop(({ job }) => job.handler === handler);
    this.#metrics.pending(this.#retries.size);
  }

  /** Works until `stop` is aborted, then waits for the handlers that run: at first they may go on, then their signals are aborted. */
  async run(stop: AbortSignal): Promise<void> {
    const { name, stopGraceMs, stopTimeoutMs } = this.#options;
    await workUntilStopped({
      what: name,
      stop,
      hardStop: this.#hardStop,
      graceMs: stopGraceMs,
      timeoutMs: stopTimeoutMs,
      clock: this.#clock,
      onStop: () => {
        this.#isStopping = true;
        this.#retries.clear();
        this.#stopped.resolve();
      },
      work: (late) => Promise.race([this.#lanes.run({ signal: stop }), late]),
    });
    if (this.#busy.size > 0) {
      throw new Error(
        `stop ${name}: ${[...this.#busy].join(", ")} did not end within ${stopTimeoutMs} ms; a handler must end when its signal is aborted`,
      );
    }
  }

  async #work(job: Job): Promise<void> {
    if (job.type === "event") {
      await this.#tell(job.event);
      job.settled?.();
    } else if (job.type === "retry" && this.#retries.begin(job.retry)) {
      await this.#attempt(job.retry.job, job.retry.attempt, job.retry);
    }
    this.#metrics.pending(this.#retries.size);
  }

  /** Tells every handler of the kind, one after the other, whatever those before did. */
  async #tell(told: LiveEvent): Promise<void> {
    const event = this.#options.sharedMutableObjects ? withMutableObjects(told) : told;
    const startMs = this.#clock.monotonicMs();
    this.#metrics.eventStarted(event.action, event.kind);
    for (const handler of this.#options.handlersOf(event.kind)) {
      if (handler.removal.aborted || this.#hardStop.signal.aborted || handler.isOwnWrite(event)) continue;
      this.#retries.dequeue(retryKeyOf(handler, event), { action: handler.actionOf(event), object: event.object });
      await this.#attempt({ handler, event, state: undefined }, 0, undefined);
    }
    this.#metrics.eventEnded(event.action, event.kind, this.#clock.monotonicMs() - startMs);
  }

  /** Calls a handler once, and sees to what follows from how that ended. */
  async #attempt(share: Share, attempt: number, retry: Retry<Share> | undefined): Promise<void> {
    const { handler, event } = share;
    const { kind, key } = event;
    const action = handler.actionOf(event);
    const startMs = this.#clock.monotonicMs();
    const what = `the ${handler.type} of ${kind} at ${action} ${key}`;
    const span = this.#tracer === noTracer ? undefined : this.#startSpan(share, attempt);
    this.#busy.add(what);
    const call = { event, attempt, state: share.state, signal: this.#signalOf(handler), logger: this.#logger };
    const outcome = await (span === undefined ? handler.call(call) : callIn(span, handler, call));
    this.#busy.delete(what);
    this.#metrics.called(handler.type, action, kind, this.#clock.monotonicMs() - startMs);
    const retryInMs = this.#again(share, attempt, retry, outcome);
    if (span !== undefined) endSpan(span, outcome, retryInMs);
    if (retry !== undefined) this.#metrics.retried(action, resultOf(outcome, retryInMs));
    if (outcome.failure === undefined) return;
    if (retry === undefined) this.#metrics.failed(handler.type, action, kind);
    this.#report(outcome.failure.error, {
      kind,
      key,
      action,
      attempt,
      willRetry: retryInMs !== undefined,
      retryInMs,
      handler: handler.type,
    });
  }

  /** An event, or a retry that waited, was caused by no span of ours: each call begins a trace. */
  #startSpan({ handler, event }: Share, attempt: number): Span {
    return this.#tracer.startSpan(`${handler.type} ${event.kind}`, {
      root: true,
      attributes: {
        "operatorkit.controller": this.#options.name,
        "operatorkit.action": handler.actionOf(event),
        "operatorkit.retries": attempt,
        ...objectAttributes(event.object.kind, event.key),
      },
    });
  }

  #signalOf(handler: HandlerRegistration): AbortSignal {
    let signal = this.#signals.get(handler);
    if (signal === undefined) {
      signal = AbortSignal.any([this.#hardStop.signal, handler.removal]);
      this.#signals.set(handler, signal);
    }
    return signal;
  }

  /** Puts it in the queue when it is to be done again; returns in how long that is, if it is. */
  #again(share: Share, attempt: number, retry: Retry<Share> | undefined, outcome: HandlerOutcome): number | undefined {
    const { handler, event } = share;
    const next = nextAttempt(attempt, outcome, this.#decide);
    if (next === undefined || this.#isStopping || handler.removal.aborted) {
      if (retry !== undefined) this.#retries.end(retry);
      return undefined;
    }
    const job: Share = { ...share, state: outcome.state ?? share.state };
    const error = outcome.failure?.error;
    const action = handler.actionOf(event);
    let isWaiting = true;
    if (retry !== undefined) isWaiting = this.#retries.requeue(retry, { error, delayMs: next.delayMs, attempt: next.attempt, job });
    else {
      const fresh = { key: retryKeyOf(handler, event), action, object: event.object, error, attempt: next.attempt, job };
      if (this.#retries.add(fresh, next.delayMs)) this.#metrics.enqueued(action);
    }
    return isWaiting ? next.delayMs : undefined;
  }

  #report(error: unknown, failed: FailedAttempt): void {
    const { onError } = this.#options;
    try {
      if (onError !== undefined) onError(error, failed);
      else this.#logger.error(`a ${failed.handler} failed${failed.willRetry ? " and will be tried again" : ""}`, { error, ...failed });
    } catch (thrown) {
      this.#logger.error("onError failed", { error: thrown });
    }
  }
}

/** Apart, so that who does not trace makes no function. */
function callIn(span: Span, handler: HandlerRegistration, call: HandlerCall): Promise<HandlerOutcome> {
  return span.run(() => handler.call(call));
}

function endSpan(span: Span, outcome: HandlerOutcome, retryInMs: number | undefined): void {
  span.set("operatorkit.result", resultOf(outcome, retryInMs));
  if (outcome.failure !== undefined) span.fail(outcome.failure.error);
  span.end();
}

/** Names hold no spaces, so this cannot be another kind's other object. */
function laneOf({ key, kind }: LiveEvent): string {
  return `${key} ${kind}`;
}

/** By who was added, not by its place in the list: removing one must not give its retries to the next. */
function retryKeyOf({ id }: HandlerRegistration, { key }: LiveEvent): string {
  return `${id} ${key}`;
}

function mergeJobs(waiting: Job, next: Job): Job | undefined {
  if (waiting.type === "nothing") return next;
  if (waiting.type !== "event" || next.type !== "event" || waiting.settled !== undefined || next.settled !== undefined) return undefined;
  const merged = mergeLiveEvents(waiting.event, next.event);
  if (merged === undefined) return undefined;
  return merged === "nothing" ? { type: "nothing" } : { type: "event", event: merged };
}

/** Of two failures of one state: from where the first began to where the last is. */
function mergeShares(earlier: Share, later: Share): Share {
  return { ...later, event: { ...later.event, old: earlier.event.old }, state: later.state ?? earlier.state };
}

function withMutableObjects(event: LiveEvent): LiveEvent {
  const object = mutableCopy(event.object);
  const old = event.old === event.object ? object : event.old && mutableCopy(event.old);
  return { ...event, object, old };
}
