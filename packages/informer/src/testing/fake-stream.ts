import { ApiError, type WatchEvent } from "@operatorkit/api";
import type { Clock, Timer } from "@operatorkit/observe";
import type { Widget } from "./fake-server.ts";

export interface FakeStreamOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly bookmarkEveryMs: number;
  readonly bookmark: () => WatchEvent<Widget>;
  readonly onClose: () => void;
}

type Batch = readonly WatchEvent<Widget>[];

/** One open watch of the fake server. */
export class FakeStream implements AsyncIterableIterator<Batch> {
  readonly #options: FakeStreamOptions;
  readonly #timers: Timer[] = [];
  #queue: WatchEvent<Widget>[] = [];
  #end: (() => IteratorResult<Batch>) | undefined;
  #reader: { resolve(result: IteratorResult<Batch>): void; reject(error: unknown): void } | undefined;
  #isMuted = false;

  constructor(options: FakeStreamOptions) {
    this.#options = options;
    const { clock, timeoutMs, bookmarkEveryMs, signal } = options;
    this.#timers.push(clock.setTimer(timeoutMs, () => this.end()));
    if (bookmarkEveryMs > 0) this.#timers.push(clock.setTimer(bookmarkEveryMs, this.#onBookmark));
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  push(event: WatchEvent<Widget>): void {
    if (this.#isMuted || this.#end !== undefined) return;
    this.#queue.push(event);
    this.#serve();
  }

  end(): void {
    this.#finish(() => ({ done: true, value: undefined }));
  }

  break(): void {
    this.#finish(() => {
      throw new ApiError("watch widgets: connection reset", { code: "ConnectionFailed" });
    });
  }

  corrupt(): void {
    this.#finish(() => {
      throw new ApiError("watch widgets: a line is not an event", { code: "MalformedResponse" });
    });
  }

  mute(): void {
    this.#isMuted = true;
  }

  muted(): this {
    this.mute();
    return this;
  }

  ended(): this {
    this.end();
    return this;
  }

  broken(): this {
    this.break();
    return this;
  }

  corrupted(): this {
    this.corrupt();
    return this;
  }

  next(): Promise<IteratorResult<Batch>> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serve();
    });
  }

  async return(): Promise<IteratorResult<Batch>> {
    this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    if (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      this.#reader = undefined;
      reader.resolve({ done: false, value: batch });
    } else if (this.#end !== undefined) {
      this.#reader = undefined;
      try {
        reader.resolve(this.#end());
      } catch (error) {
        reader.reject(error);
      }
    }
  }

  #finish(end: () => IteratorResult<Batch>): void {
    if (this.#isMuted) return;
    this.#end ??= end;
    this.#close();
    this.#serve();
  }

  readonly #onBookmark = (): void => {
    this.push(this.#options.bookmark());
    this.#timers.push(this.#options.clock.setTimer(this.#options.bookmarkEveryMs, this.#onBookmark));
  };

  readonly #onAbort = (): void => {
    const { reason } = this.#options.signal;
    this.#queue = [];
    this.#end = () => {
      throw reason;
    };
    this.#close();
    this.#serve();
  };

  #close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#options.onClose();
  }
}
