import type { Clock, Timer } from "@operatorkit/observe";
import type { JsonObject } from "../json-object.ts";
import { expired } from "../status-error.ts";
import type { Collection } from "../store/collection.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { nextBookmarkMs } from "./bookmark-time.ts";
import { visibleChange } from "./watch-event.ts";

export interface WatchBodyOptions {
  readonly collection: Collection;
  readonly clock: Clock;
  readonly matches: (stored: StoredObject) => boolean;
  /** Events after this version; it may lie in the future. */
  readonly after: number;
  /** Told first, as ADDED. */
  readonly initial: readonly StoredObject[];
  /** Whether the end of `initial` is marked with a bookmark. */
  readonly marksInitialEnd: boolean;
  readonly bookmarks: boolean;
  /** Relative to `clock.monotonicMs()`. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** The version up to which this watch may tell what happened: the present, or less while its view is frozen. */
  readonly currentVersion: () => number;
  /** The text of one object as this watcher gets it, with another version if given. */
  readonly encode: (stored: StoredObject, version: number) => string;
  readonly bookmark: (version: number, initialEventsEnd: boolean) => JsonObject;
}

/** Bytes per chunk, about: many small events go out together. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * The body of a watch. It reads the collection's own log at its reader's pace and holds a position, no buffer; a reader that falls
 * behind the log gets a 410 in-stream and the end. While nobody reads, it holds no timer and no subscription, so an abandoned one leaks nothing.
 */
export class WatchBody implements AsyncIterableIterator<Uint8Array> {
  readonly #options: WatchBodyOptions;
  #initialIndex = 0;
  #initialEndDue: boolean;
  #position: number | undefined;
  #bookmarkDueMs: number | undefined;
  #done = false;
  #wake: (() => void) | undefined;

  constructor(options: WatchBodyOptions) {
    this.#options = options;
    this.#initialEndDue = options.marksInitialEnd;
    const { log } = options.collection;
    this.#position = log.positionAfter(options.after);
    this.#scheduleBookmark();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    while (!this.#done) {
      if (this.#options.signal?.aborted === true) break;
      const text = this.#drain();
      if (text !== "") return { done: false, value: ENCODER.encode(text) };
      if (this.#done || this.#options.collection.isClosed) break;
      if (this.#options.clock.monotonicMs() >= this.#options.deadlineMs) break;
      await this.#changed();
    }
    this.#done = true;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#done = true;
    this.#wake?.();
    return { done: true, value: undefined };
  }

  /** Everything there is to say now, up to a chunk. */
  #drain(): string {
    const { initial, currentVersion } = this.#options;
    let text = "";
    for (; this.#initialIndex < initial.length && text.length < CHUNK_LENGTH; this.#initialIndex += 1) {
      const stored = initial[this.#initialIndex] as StoredObject;
      text += this.#line("ADDED", this.#options.encode(stored, stored.version));
    }
    if (this.#initialIndex < initial.length) return text;
    if (this.#initialEndDue) {
      this.#initialEndDue = false;
      text += this.#bookmarkLine(this.#options.after, true);
    }
    text += this.#drainLog(text.length);
    if (text === "" && this.#bookmarkDueMs !== undefined && this.#options.clock.monotonicMs() >= this.#bookmarkDueMs) {
      this.#scheduleBookmark();
      const version = currentVersion();
      if (version > this.#options.after) text = this.#bookmarkLine(version, false);
    }
    return text;
  }

  #drainLog(length: number): string {
    const { collection, matches, after, encode, currentVersion } = this.#options;
    let text = "";
    while (this.#position === undefined || this.#position < collection.log.end) {
      if (length + text.length >= CHUNK_LENGTH) return text;
      const change = this.#position === undefined ? undefined : collection.log.at(this.#position);
      if (change === undefined) {
        this.#done = true;
        return text + this.#line("ERROR", JSON.stringify(expired(`too old resource version: ${after} (${currentVersion()})`).toStatus()));
      }
      if (change.version > currentVersion()) return text;
      this.#position = (this.#position as number) + 1;
      if (change.version <= after) continue;
      const visible = visibleChange(change, matches);
      if (visible !== undefined) text += this.#line(visible.type, encode(visible.stored, visible.version));
    }
    return text;
  }

  #line(type: string, object: string): string {
    return `{"type":"${type}","object":${object}}\n`;
  }

  #bookmarkLine(version: number, initialEventsEnd: boolean): string {
    return this.#line("BOOKMARK", JSON.stringify(this.#options.bookmark(version, initialEventsEnd)));
  }

  #scheduleBookmark(): void {
    const { bookmarks, clock, deadlineMs } = this.#options;
    this.#bookmarkDueMs = bookmarks ? nextBookmarkMs(clock.monotonicMs(), deadlineMs) : undefined;
  }

  /** Resolves at the next change, timer, abort or `return`. */
  #changed(): Promise<void> {
    const { collection, clock, signal, deadlineMs } = this.#options;
    return new Promise((resolve) => {
      const dueMs = Math.min(deadlineMs, this.#bookmarkDueMs ?? Number.POSITIVE_INFINITY);
      const timer: Timer = clock.setTimer(dueMs - clock.monotonicMs(), wake);
      const unsubscribe = collection.subscribe(wake);
      signal?.addEventListener("abort", wake);
      this.#wake = wake;
      function wake(): void {
        timer.cancel();
        unsubscribe();
        signal?.removeEventListener("abort", wake);
        resolve();
      }
    });
  }
}

const ENCODER = new TextEncoder();
