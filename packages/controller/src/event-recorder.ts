import { aClient, isAlreadyExists, isNotFound, type Client, type EventRecord, type EventSink } from "@operatorkit/api";
import { keyOf } from "@operatorkit/object";
import { Event } from "@operatorkit/object/kinds";
import { silentLogger, sleep, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { aNumber, aString, checkOptions, required } from "@operatorkit/observe/options";
import { BoundedMap } from "./bounded-map.ts";

export interface EventRecorderOptions {
  readonly client: Client;
  /** Who says it: the `source.component` and `reportingComponent` of the events, and their field manager. */
  readonly component: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Writes events (core/v1) about objects, for `kubectl describe`. In the object's namespace; `default` for cluster-scoped ones.
 *
 * Guarantees: `record` never throws and never waits. What is said again (same object, type, reason and message) is counted up
 * on the event there is instead of making another. One object gets 25 events at once and then one in 5 minutes, as client-go's
 * spam filter does; at most 1,000 wait to be written. What is over these bounds, or cannot be written, is logged and dropped.
 */
export class EventRecorder implements EventSink {
  readonly #client: Client;
  readonly #component: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #series = new BoundedMap<string, Series>(MOST_REMEMBERED);
  readonly #budgets = new BoundedMap<string, Budget>(MOST_REMEMBERED);
  readonly #waiting = new Set<Series>();
  #writing: Promise<void> | undefined;
  #isClosed = false;
  #names = 0;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: EventRecorderOptions) {
    checkOptions("EventRecorder", options, { client: required(aClient("create", "with")), component: required(aString) });
    const { client, component, clock = systemClock, logger = silentLogger } = options;
    this.#client = client.with({ signal: this.#stop.signal, fieldManager: component });
    this.#component = component;
    this.#clock = clock;
    this.#logger = logger;
  }

  record(event: EventRecord): void {
    try {
      this.#take(event);
    } catch (error) {
      // Who tells of something must not fail over it: an object without a name, a kind of event that is none.
      this.#logger.warn("event dropped: it cannot be told", { reason: event?.reason, error });
    }
  }

  #take(event: EventRecord): void {
    const about = `${event.regarding.kind} ${keyOf(event.regarding)}`;
    if (this.#isClosed) return;
    if (!this.#isAffordable(event)) {
      this.#logger.debug("event dropped: too many about this object", { about, reason: event.reason });
      return;
    }
    const id = idOf(event);
    const now = rfc3339(this.#clock.now());
    let series = this.#series.get(id);
    if (series === undefined) {
      series = {
        event: { ...event, message: shortened(event.message) },
        count: 0,
        firstTimestamp: now,
        lastTimestamp: now,
        name: undefined,
      };
      this.#series.set(id, series);
    }
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(series)) {
      this.#logger.warn("event dropped: too many wait to be written", { about, reason: event.reason });
      return;
    }
    series.count += 1;
    series.lastTimestamp = now;
    this.#waiting.add(series);
    this.#writing ??= this.#writeAll();
  }

  /** Takes no more events; resolves when those that wait are written, or dropped after `timeoutMs`. @param timeoutMs default 1000 */
  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkOptions("EventRecorder: close", options, { timeoutMs: aNumber({ atLeast: 0 }) });
    const { timeoutMs = 1000 } = options;
    this.#isClosed = true;
    if (this.#writing === undefined) return;
    const written = new AbortController();
    const timeout = sleep(timeoutMs, { signal: written.signal, clock: this.#clock }).catch(() => {});
    await Promise.race([this.#writing, timeout]);
    written.abort();
    if (this.#waiting.size > 0) this.#logger.warn("events dropped: they were not written in time", { count: this.#waiting.size });
    this.#waiting.clear();
    this.#stop.abort(new Error("the event recorder was closed"));
  }

  /** Source: client-go `tools/record/events_cache.go` EventSourceObjectSpamFilter. */
  #isAffordable({ regarding }: EventRecord): boolean {
    const id = regarding.metadata.uid ?? `${regarding.kind} ${keyOf(regarding)}`;
    const nowMs = this.#clock.monotonicMs();
    const budget = this.#budgets.get(id) ?? { left: BURST, atMs: nowMs };
    const left = Math.min(BURST, budget.left + (nowMs - budget.atMs) / REFILL_MS);
    this.#budgets.set(id, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    return left >= 1;
  }

  async #writeAll(): Promise<void> {
    // A turn later, so that what is said several times at once is one write.
    await Promise.resolve();
    for (const series of this.#waiting) {
      this.#waiting.delete(series);
      try {
        await this.#write(series);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.#logger.warn("event dropped: it could not be written", {
          reason: series.event.reason,
          about: keyOf(series.event.regarding),
          error,
        });
      }
    }
    this.#writing = undefined;
  }

  async #write(series: Series): Promise<void> {
    if (series.name !== undefined && (await this.#countUp(series, series.name))) return;
    // The server forgets events after an hour: what is said again then is a new event.
    if (series.name !== undefined) {
      series.firstTimestamp = series.lastTimestamp;
      series.count = 1;
    }
    const { metadata } = series.event.regarding;
    for (;;) {
      this.#names += 1;
      const stamp = `${Math.trunc(this.#clock.now()).toString(16)}${(this.#names % 0x10000).toString(16).padStart(4, "0")}`;
      const name = `${metadata.name.slice(0, 253 - 1 - stamp.length)}.${stamp}`;
      try {
        await this.#client.create<Event>(eventOf(series, name, this.#component));
        series.name = name;
        return;
      } catch (error) {
        // Another process took the name in the same millisecond.
        if (!isAlreadyExists(error)) throw error;
      }
    }
  }

  /** False when the event is not there any more. */
  async #countUp({ event, count, lastTimestamp }: Series, name: string): Promise<boolean> {
    try {
      await this.#client.patch(
        Event,
        { name, namespace: namespaceOf(event) },
        { type: "merge", body: { count, lastTimestamp, message: event.message } },
      );
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

interface Series {
  readonly event: EventRecord;
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  /** Of the event that was written. */
  name: string | undefined;
}

interface Budget {
  readonly left: number;
  readonly atMs: number;
}

const MOST_REMEMBERED = 4096;
const MOST_WAITING = 1000;
const BURST = 25;
const REFILL_MS = 300_000;
const MOST_MESSAGE_BYTES = 1024;

function eventOf({ event, count, firstTimestamp, lastTimestamp }: Series, name: string, component: string): Event {
  const { apiVersion, kind, metadata } = event.regarding;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: namespaceOf(event) },
    involvedObject: {
      apiVersion,
      kind,
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      ...(metadata.uid !== undefined && { uid: metadata.uid }),
      ...(metadata.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
    },
    type: event.type,
    reason: event.reason,
    message: event.message,
    count,
    firstTimestamp,
    lastTimestamp,
    source: { component },
    reportingComponent: component,
    reportingInstance: component,
  };
}

function namespaceOf({ regarding }: EventRecord): string {
  return regarding.metadata.namespace ?? "default";
}

function idOf({ regarding, type, reason, message }: EventRecord): string {
  const { uid } = regarding.metadata;
  return JSON.stringify([regarding.apiVersion, regarding.kind, keyOf(regarding), uid, type, reason, message]);
}

/** The server refuses longer ones; a character that would be cut in two goes. */
function shortened(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MOST_MESSAGE_BYTES) return message;
  return bytes.subarray(0, MOST_MESSAGE_BYTES).toString().replace(/�+$/, "");
}

function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
