import { ApiError, type EntryPage, type ListWatch, type ObjectEntry, type WatchEvent, type WatchStream } from "@operatorkit/api";
import type { KubernetesObject } from "@operatorkit/object";
import { silentLogger, sleep, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { failureOf } from "./failure.ts";
import { GuardedRequest } from "./guarded-request.ts";
import { noReflectorMetrics, type ReflectorMetrics } from "./informer-metrics.ts";
import {
  HEALTHY_STREAM_MS,
  initialReflectorState,
  next,
  type ReflectorAction,
  type ReflectorEvent,
  type ReflectorState,
} from "./reflector-state.ts";
import { InitialEvents } from "./initial-events.ts";
import { RequestBudget } from "./request-budget.ts";

/** What a reflector keeps equal to the server: a `Store`, behind whatever wants to know of changes. */
export interface ReflectorTarget<T extends KubernetesObject> {
  readonly version: string | undefined;
  /** How many objects it holds. */
  readonly size: number;
  /** How often a stream said what cannot be if the target is right: it is listed anew then, at most once a minute. */
  readonly contradictions: number;
  /** Nothing is applied until it has resolved. It may stop half-way when `signal` is aborted. */
  replace(entries: readonly ObjectEntry<T>[], version: string, signal: AbortSignal): void | Promise<void>;
  apply(event: Exclude<WatchEvent<T>, { type: "ERROR" }>): void;
  /** Asked after each batch: a promise to be waited for before the next one is read, when others need their turn first. */
  pause?(): Promise<void> | undefined;
}

/** How long silence may last. Each is a wait without any sign of life, not a limit on the whole. */
export interface SilenceLimits {
  /** Until the server accepts a watch. @default 30_000 */
  readonly openMs: number;
  /**
   * Between signs of life of a page of a list, and eight times that for all of it. Doubled after each page in a row that took too
   * long, up to eight times, for a `ListWatch` that gives no sign of life. @default 30_000
   */
  readonly listMs: number;
  /** Between events of a watch; longer than the minute between two bookmarks. @default 90_000 */
  readonly watchMs: number;
  /** Between the initial events of a WatchList. @default 20_000 */
  readonly fillMs: number;
}

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly listWatch: ListWatch<T>;
  readonly target: ReflectorTarget<T>;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: ReflectorMetrics | undefined;
  /** Told of every failed request; what it throws ends the run. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  /** Where jitter comes from: 0 ≤ n < 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Objects per page. @default 500 */
  readonly pageSize?: number | undefined;
  readonly silence?: Partial<SilenceLimits> | undefined;
  /** Ask for the initial objects by a watch (KEP-3157), and fall back to a list where that does not work. @default false */
  readonly useWatchList?: boolean | undefined;
}

/** What a reflector is doing, for health checks. */
export interface ReflectorStatus {
  readonly state: ReflectorState["name"];
  /** When the server last answered well, on the monotonic clock; undefined until it did. */
  readonly lastContactMs: number | undefined;
  /** Why the last request failed; undefined once one went well. */
  readonly lastError: unknown;
}

/**
 * Keeps a target equal to what a `ListWatch` sees, for as long as it runs: it cannot give up and cannot go deaf. What to do
 * when is decided in `reflector-state.ts`; this is the part that asks, waits and reports back.
 *
 * Guarantees: every request has a deadline on silence; at most 20 requests in any 10 s, however the server fails (the pages of one
 * list count only when lists repeat); a bad line or an incomplete list is never believed and never skipped.
 */
export class Reflector<T extends KubernetesObject> {
  readonly #listWatch: ListWatch<T>;
  readonly #target: ReflectorTarget<T>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: ReflectorMetrics;
  readonly #random: () => number;
  readonly #onFailure: (error: unknown) => void;
  readonly #pageSize: number;
  readonly #silence: SilenceLimits;
  readonly #budget: RequestBudget;
  readonly #what: string;
  #state: ReflectorState;
  #lastContactMs: number | undefined;
  #lastError: unknown;

  /** What was read of a list that is not complete. */
  #kept: ObjectEntry<T>[] = [];
  #page: EntryPage<T> | undefined;
  /** The page before brought objects: asking for the next one is getting on, not spinning. */
  #isGettingOn = false;
  #listStartMs = 0;
  /** No list was begun shortly before this one. */
  #isFirstListInAWhile = true;
  #stream: OpenStream<T> | undefined;
  /** Contradictions that a list has answered. */
  #settledContradictions = 0;
  /** When a contradiction was last the reason for a list. */
  #doubtedMs = Number.NEGATIVE_INFINITY;

  constructor({
    listWatch,
    target,
    clock = systemClock,
    logger = silentLogger,
    metrics = noReflectorMetrics,
    random = Math.random,
    onFailure = () => {},
    pageSize = 500,
    silence = {},
    useWatchList = false,
  }: ReflectorOptions<T>) {
    this.#listWatch = listWatch;
    this.#target = target;
    this.#clock = clock;
    this.#logger = logger;
    this.#metrics = metrics;
    this.#random = random;
    this.#onFailure = onFailure;
    this.#pageSize = pageSize;
    this.#silence = { openMs: 30_000, listMs: 30_000, watchMs: 90_000, fillMs: 20_000, ...silence };
    this.#budget = new RequestBudget({ clock });
    this.#what = listWatch.kind.plural;
    this.#state = initialReflectorState({ wantsWatchList: useWatchList });
  }

  get status(): ReflectorStatus {
    return { state: this.#state.name, lastContactMs: this.#lastContactMs, lastError: this.#lastError };
  }

  /** Runs until `signal` is aborted, and leaves no request behind. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    try {
      await this.#loop(signal);
    } finally {
      this.#closeStream();
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let event: ReflectorEvent | undefined = { type: "start" };
    while (event !== undefined) {
      const { state, actions } = next(this.#state, event);
      this.#state = state;
      event = undefined;
      for (const action of actions) event = await this.#perform(action, signal);
      // A run that was stopped says so, whatever the last request came back with.
      if (signal.aborted && state.name !== "stopped") event = { type: "stop" };
    }
  }

  async #perform(action: ReflectorAction, signal: AbortSignal): Promise<ReflectorEvent | undefined> {
    switch (action.type) {
      case "wait":
        return this.#wait(action, signal);
      case "list":
        return this.#list(action, signal);
      case "check":
        return this.#check(signal);
      case "watch":
        return this.#watch(action, signal);
      case "read":
        return this.#read(signal);
      case "keep":
        if (this.#page !== undefined) for (const entry of this.#page.entries) this.#kept.push(entry);
        this.#page = undefined;
        return undefined;
      case "discard":
        this.#kept = [];
        this.#page = undefined;
        return undefined;
      case "replace":
        await this.#replace(action.version, action.isReset, signal);
        return undefined;
    }
  }

  async #wait({ atLeastMs, atMostMs, cause }: Extract<ReflectorAction, { type: "wait" }>, signal: AbortSignal): Promise<ReflectorEvent> {
    this.#closeStream();
    const waitMs = atLeastMs + (atMostMs - atLeastMs) * this.#random();
    const step = this.#state.name === "waiting" ? this.#state.step.type : "stop";
    this.#metrics.retried(step, cause);
    const fields = { cause, waitMs: Math.round(waitMs), next: step, version: this.#target.version, error: this.#lastError };
    // Once is everyday life (a proxy's timeout, a rolling restart); again is worth a look.
    const level = this.#state.memory.failures > 1 ? "warn" : "info";
    this.#logger[level](`watch ${this.#what}: interrupted, next: ${step}`, fields);
    await sleep(waitMs, { signal, clock: this.#clock }).catch(() => {});
    return { type: "elapsed" };
  }

  async #list({ token, paged, slowLists }: Extract<ReflectorAction, { type: "list" }>, signal: AbortSignal): Promise<ReflectorEvent> {
    if (token === undefined) this.#beginList();
    const isContinuation = token !== undefined && this.#isFirstListInAWhile && this.#isGettingOn;
    const limitMs = this.#silence.listMs * Math.min(2 ** slowLists, LIST_TOTAL);
    return this.#request(signal, isContinuation, async (request) => {
      const limits = { silenceMs: limitMs, totalMs: this.#silence.listMs * LIST_TOTAL };
      const page = await request.within(limits, `list ${this.#what}`, () =>
        this.#listWatch.list({
          ...(paged ? { limit: this.#pageSize } : {}),
          ...(token === undefined ? {} : { continue: token }),
          signal: request.signal,
          onProgress: request.alive,
        }),
      );
      checkPage(page, this.#what);
      this.#page = page;
      this.#isGettingOn = page.entries.length > 0;
      const proceed = page.continue === undefined || page.continue === "" ? undefined : page.continue;
      const isEmptied = this.#kept.length === 0 && page.entries.length === 0 && this.#target.size > 0;
      return { type: "page", version: page.resourceVersion, token: proceed, isEmptied };
    });
  }

  #beginList(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#isFirstListInAWhile = this.#listStartMs === 0 || nowMs - this.#listStartMs > 10_000;
    this.#listStartMs = nowMs;
    this.#kept = [];
    this.#metrics.listed();
  }

  async #check(signal: AbortSignal): Promise<ReflectorEvent> {
    return this.#request(signal, false, async (request) => {
      const page = await request.within(this.#silence.listMs, `list ${this.#what}`, () =>
        this.#listWatch.list({ limit: 1, signal: request.signal, onProgress: request.alive }),
      );
      checkPage(page, this.#what);
      return { type: "checked", version: page.resourceVersion };
    });
  }

  /** One list request: taken from the budget, closed when answered. */
  async #request(signal: AbortSignal, isFree: boolean, ask: (request: GuardedRequest) => Promise<ReflectorEvent>): Promise<ReflectorEvent> {
    if (!(await this.#spend(signal, isFree))) return { type: "stop" };
    const startMs = this.#clock.monotonicMs();
    const request = new GuardedRequest({ clock: this.#clock, signal });
    try {
      const event = await ask(request);
      this.#contact();
      return event;
    } catch (error) {
      return this.#failed(error, startMs, signal);
    } finally {
      request.close();
    }
  }

  async #spend(signal: AbortSignal, isFree: boolean): Promise<boolean> {
    if (signal.aborted) return false;
    if (isFree) return true;
    const waitMs = this.#budget.take();
    if (waitMs === 0) return true;
    return sleep(waitMs, { signal, clock: this.#clock }).then(
      () => true,
      () => false,
    );
  }

  async #watch({ version, withInitialEvents }: Extract<ReflectorAction, { type: "watch" }>, signal: AbortSignal): Promise<ReflectorEvent> {
    this.#closeStream();
    if (!(await this.#spend(signal, false))) return { type: "stop" };
    const startMs = this.#clock.monotonicMs();
    const timeoutSeconds = 300 + Math.floor(this.#random() * 301);
    const request = new GuardedRequest({ clock: this.#clock, signal });
    this.#metrics.watched();
    try {
      const stream = await request.within(this.#silence.openMs, `watch ${this.#what}`, async () => {
        const opened = await this.#listWatch.watch({
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
      this.#stream = new OpenStream({ stream, request, startMs, timeoutSeconds, isFilling: withInitialEvents });
      // An accepted watch is no proof that the server is well: a list or an event is.
      return { type: "opened" };
    } catch (error) {
      request.close();
      return this.#failed(error, startMs, signal);
    }
  }

  async #read(signal: AbortSignal): Promise<ReflectorEvent> {
    const open = this.#stream;
    if (open === undefined) throw new Error(`watch ${this.#what}: no stream is open in state ${this.#state.name}`);
    try {
      if (open.isFilling && this.#clock.monotonicMs() - open.startMs > FILL_LIMIT_MS) {
        throw new ApiError(`watch ${this.#what}: the initial events did not end within ${FILL_LIMIT_MS / 1000} s`, {
          code: "DeadlineExceeded",
        });
      }
      const limitMs = open.isFilling ? this.#silence.fillMs : this.#silence.watchMs;
      const batch = await open.next(limitMs, `watch ${this.#what}`);
      if (batch === undefined) return this.#ended(open);
      this.#contact();
      if (open.isFilling) return this.#fill(open, batch);
      const event = this.#applyAll(open, batch);
      const pause = this.#target.pause?.();
      if (pause !== undefined) await pause;
      return event;
    } catch (error) {
      this.#closeStream();
      this.#metrics.watchEnded(this.#clock.monotonicMs() - open.startMs, open.events);
      return this.#failed(error, open.startMs, signal);
    }
  }

  #ended(open: OpenStream<T>): ReflectorEvent {
    this.#closeStream();
    const afterMs = this.#clock.monotonicMs() - open.startMs;
    this.#metrics.watchEnded(afterMs, open.events);
    if (afterMs < HEALTHY_STREAM_MS) this.#lastError = `the server ended the watch after ${Math.round(afterMs)} ms`;
    return { type: "ended", afterMs, onTime: afterMs >= open.timeoutSeconds * 1000 * ON_TIME };
  }

  #applyAll(open: OpenStream<T>, batch: readonly WatchEvent<T>[]): ReflectorEvent {
    for (const event of batch) {
      if (event.type === "ERROR") throw event.error;
      open.events += 1;
      this.#target.apply(event);
    }
    this.#doubt();
    return { type: "progressed", version: this.#target.version };
  }

  /**
   * A stream that contradicts the copy means a new list, after what else it said was applied. Not for each: a server that says such
   * things all the time is followed by its other events, and listed once a minute.
   */
  #doubt(): void {
    if (this.#target.contradictions === this.#settledContradictions) return;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#doubtedMs < DOUBT_EVERY_MS) return;
    this.#doubtedMs = nowMs;
    throw new ApiError(`watch ${this.#what}: the server told of something older than version ${this.#target.version}; listing anew`, {
      code: "Expired",
    });
  }

  /** Collects initial events until the bookmark that ends them; what follows in the same batch is read next. */
  #fill(open: OpenStream<T>, batch: readonly WatchEvent<T>[]): ReflectorEvent {
    for (const [at, event] of batch.entries()) {
      if (event.type === "ERROR") throw event.error;
      if (event.type !== "BOOKMARK") {
        open.filled.add(event);
      } else if (event.initialEventsEnd) {
        open.isFilling = false;
        open.unread(batch.slice(at + 1));
        this.#kept = open.filled.take();
        return { type: "filled", version: event.resourceVersion };
      }
    }
    return { type: "progressed", version: undefined };
  }

  async #replace(version: string, isReset: boolean, signal: AbortSignal): Promise<void> {
    const entries = this.#kept;
    this.#kept = [];
    this.#metrics.replaced(entries.length, this.#clock.monotonicMs() - this.#listStartMs);
    if (isReset) {
      const was = this.#target.version;
      this.#logger.warn(`watch ${this.#what}: the server went back from version ${was} to ${version}; its list is taken as the truth`, {
        was,
        version,
      });
    }
    await this.#target.replace(entries, version, signal);
    this.#settledContradictions = this.#target.contradictions;
  }

  #contact(): void {
    this.#lastContactMs = this.#clock.monotonicMs();
    this.#lastError = undefined;
    this.#metrics.contacted(this.#clock.now());
  }

  #failed(error: unknown, startMs: number, signal: AbortSignal): ReflectorEvent {
    if (signal.aborted) return { type: "stop" };
    this.#lastError = error;
    this.#onFailure(error);
    const failure = failureOf(error);
    this.#metrics.failed(failure.kind);
    return { type: "failed", failure, afterMs: this.#clock.monotonicMs() - startMs };
  }

  #closeStream(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}

/** A page may take this many times as long as it may be silent, or a drip of bytes would keep it for ever. */
const LIST_TOTAL = 8;
/** A WatchList that has not ended its initial events by then never will: maybe the server does not know what was asked. */
const FILL_LIMIT_MS = 300_000;
/** A server that contradicts itself is listed no more often than this. */
const DOUBT_EVERY_MS = 60_000;
/** A stream that lived this share of the time it was asked for ended because its time was up. */
const ON_TIME = 0.9;

/** A list is looked at before it is believed: an HTML page or `{}` with status 200 is no empty list. */
function checkPage(page: EntryPage<KubernetesObject>, what: string): void {
  const { entries, resourceVersion } = (page ?? {}) as Partial<EntryPage<KubernetesObject>>;
  if (!Array.isArray(entries)) throw malformedList(what, "it has no items");
  if (typeof resourceVersion !== "string" || resourceVersion === "") throw malformedList(what, "it has no resourceVersion");
  for (const entry of entries as readonly Partial<ObjectEntry>[]) {
    if (typeof entry?.key !== "string" || entry.key === "") throw malformedList(what, "an item has no name");
  }
}

function malformedList(what: string, why: string): ApiError {
  return new ApiError(`list ${what}: the answer is not a list: ${why}`, { code: "MalformedResponse" });
}

/** A watch the server has accepted. */
class OpenStream<T extends KubernetesObject> {
  readonly startMs: number;
  readonly timeoutSeconds: number;
  readonly filled: InitialEvents<T> = new InitialEvents();
  isFilling: boolean;
  events = 0;
  readonly #iterator: AsyncIterator<readonly WatchEvent<T>[]>;
  readonly #request: GuardedRequest;
  #unread: readonly WatchEvent<T>[] = [];

  constructor(options: { stream: WatchStream<T>; request: GuardedRequest; startMs: number; timeoutSeconds: number; isFilling: boolean }) {
    this.#iterator = options.stream[Symbol.asyncIterator]();
    this.#request = options.request;
    this.startMs = options.startMs;
    this.timeoutSeconds = options.timeoutSeconds;
    this.isFilling = options.isFilling;
  }

  /** The next events; undefined when the server ended the stream. */
  async next(limitMs: number, what: string): Promise<readonly WatchEvent<T>[] | undefined> {
    if (this.#unread.length > 0) {
      const batch = this.#unread;
      this.#unread = [];
      return batch;
    }
    const result = await this.#request.within(limitMs, what, () => this.#iterator.next());
    return result.done === true ? undefined : result.value;
  }

  unread(batch: readonly WatchEvent<T>[]): void {
    this.#unread = batch;
  }

  /** Ends the request; a stream that does not hear of it is not waited for. */
  close(): void {
    this.#request.close();
    void this.#leave().catch(() => {});
  }

  async #leave(): Promise<void> {
    await this.#iterator.return?.();
  }
}
