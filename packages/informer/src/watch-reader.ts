import { ApiError, type ListWatch, type WatchEvent } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import type { Clock } from "@operatorkit/observe";
import { GuardedRequest } from "./guarded-request.ts";
import type { ReflectorMetrics } from "./informer-metrics.ts";
import type { FullList } from "./list-reader.ts";
import { OpenStream } from "./open-stream.ts";
import type { ReflectorAction } from "./reflector-action.ts";
import type { ReflectorEvent } from "./reflector-event.ts";
import type { ReflectorTarget } from "./reflector-target.ts";
import type { RequestBudget } from "./request-budget.ts";
import type { ServerContact } from "./server-contact.ts";
import type { SilenceLimits } from "./silence-limits.ts";

export interface WatchReaderOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  readonly target: ReflectorTarget<T>;
  readonly clock: Clock;
  readonly metrics: ReflectorMetrics;
  readonly contact: ServerContact;
  readonly budget: RequestBudget;
  readonly silence: SilenceLimits;
  /** Where jitter comes from: 0 ≤ n < 1. */
  readonly random: () => number;
}

/**
 * Opens a watch and reads it, one stream at a time: events go to the target at once, the initial events of a WatchList are collected
 * until they are complete. What to do when a stream ends is decided by whoever asks.
 */
export class WatchReader<T extends KubernetesObject> {
  readonly #options: WatchReaderOptions<T>;
  readonly #target: ReflectorTarget<T>;
  readonly #clock: Clock;
  /** For error messages. */
  readonly #what: string;
  #open: OpenStream<T> | undefined;
  #initial: FullList<T> | undefined;
  /** Contradictions that a list has answered. */
  #settledContradictions = 0;
  /** When a contradiction was last the reason for a list. */
  #doubtedMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatchReaderOptions<T>) {
    this.#options = options;
    this.#target = options.target;
    this.#clock = options.clock;
    this.#what = `watch ${options.listWatch.kind.plural}`;
  }

  /** Opens a stream in place of the one that is open. */
  async open({ version, withInitialEvents }: Extract<ReflectorAction, { type: "watch" }>, signal: AbortSignal): Promise<ReflectorEvent> {
    const { listWatch, metrics, contact, budget, silence, random } = this.#options;
    this.close();
    if (!(await budget.spend({ signal }))) return { type: "stop" };
    const startMs = this.#clock.monotonicMs();
    const timeoutSeconds = 300 + Math.floor(random() * 301);
    const request = new GuardedRequest({ clock: this.#clock, signal });
    metrics.watched();
    try {
      const stream = await request.within(silence.openMs, this.#what, async () => {
        const opened = await listWatch.watch({
          ...(version === undefined ? {} : { resourceVersion: version }),
          ...(withInitialEvents ? { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" as const } : {}),
          allowWatchBookmarks: true,
          timeoutSeconds,
          signal: request.signal,
        });
        // It came after it was given up, from a `ListWatch` that does not heed its signal: nobody else will close it.
        if (request.signal.aborted) await opened[Symbol.asyncIterator]().return?.();
        return opened;
      });
      this.#open = new OpenStream({ stream, request, startMs, timeoutSeconds, isFilling: withInitialEvents });
      return { type: "opened" };
    } catch (error) {
      request.close();
      return signal.aborted ? { type: "stop" } : contact.failed(error, startMs);
    }
  }

  /** Reads the next events of the open stream. */
  async read(signal: AbortSignal): Promise<ReflectorEvent> {
    const open = this.#open;
    if (open === undefined) throw new Error(`${this.#what}: no stream is open`);
    const { metrics, contact, silence } = this.#options;
    try {
      if (open.isFilling && this.#clock.monotonicMs() - open.startMs > FILL_LIMIT_MS) throw this.#filledTooSlowly();
      const batch = await open.next(open.isFilling ? silence.fillMs : silence.watchMs, this.#what);
      if (batch === undefined) return this.#ended(open);
      contact.answered();
      if (open.isFilling) return this.#fill(open, batch);
      const event = this.#apply(open, batch);
      const pause = this.#target.pause();
      if (pause !== undefined) await pause;
      return event;
    } catch (error) {
      this.close();
      metrics.watchEnded(this.#clock.monotonicMs() - open.startMs, open.events);
      return signal.aborted ? { type: "stop" } : contact.failed(error, open.startMs);
    }
  }

  /** The objects that the initial events added up to, once; undefined when none were asked for, or they are not complete. */
  takeInitial(): FullList<T> | undefined {
    const initial = this.#initial;
    this.#initial = undefined;
    return initial;
  }

  /** A list has answered all contradictions so far. */
  settle(): void {
    this.#settledContradictions = this.#target.copy.contradictions;
  }

  close(): void {
    this.#open?.close();
    this.#open = undefined;
    this.#initial = undefined;
  }

  #apply(open: OpenStream<T>, batch: readonly WatchEvent<T>[]): ReflectorEvent {
    for (const event of batch) {
      if (event.type === "ERROR") throw event.error;
      open.events += 1;
      this.#target.apply(event);
    }
    this.#doubt();
    return { type: "progressed", version: this.#target.copy.version };
  }

  /** Collects initial events until the bookmark that ends them; what follows in the same batch is read next. */
  #fill(open: OpenStream<T>, batch: readonly WatchEvent<T>[]): ReflectorEvent {
    for (const [at, event] of batch.entries()) {
      if (event.type === "ERROR") throw event.error;
      if (event.type !== "BOOKMARK") {
        open.initialEvents.add(event);
      } else if (event.initialEventsEnd) {
        open.isFilling = false;
        open.unread(batch.slice(at + 1));
        this.#initial = { entries: open.initialEvents.take(), startMs: open.startMs };
        return { type: "filled", version: event.resourceVersion };
      }
    }
    return { type: "progressed", version: undefined };
  }

  #filledTooSlowly(): ApiError {
    return new ApiError(`${this.#what}: the initial events did not end within ${FILL_LIMIT_MS / 1000} s`, { code: "DeadlineExceeded" });
  }

  /**
   * A stream that contradicts the copy means a new list, after what else it said was applied. Not for each: a server that says such
   * things all the time is followed by its other events, and listed once a minute.
   */
  #doubt(): void {
    const { version, contradictions } = this.#target.copy;
    if (contradictions === this.#settledContradictions) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#doubtedMs < DOUBT_EVERY_MS) return;
    this.#doubtedMs = nowMs;
    throw new ApiError(`${this.#what}: the server told of something older than version ${version}; listing anew`, { code: "Expired" });
  }

  #ended(open: OpenStream<T>): ReflectorEvent {
    this.close();
    const afterMs = this.#clock.monotonicMs() - open.startMs;
    this.#options.metrics.watchEnded(afterMs, open.events);
    return { type: "ended", afterMs, onTime: afterMs >= open.timeoutSeconds * 1000 * ON_TIME };
  }
}

/** A WatchList that has not ended its initial events by then never will: maybe the server does not know what was asked. */
const FILL_LIMIT_MS = 300_000;
/** A server that contradicts itself is listed no more often than this. */
const DOUBT_EVERY_MS = 60_000;
/** A stream that lived this share of the time it was asked for ended because its time was up. */
const ON_TIME = 0.9;
