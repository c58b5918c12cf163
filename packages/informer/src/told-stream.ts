import type { ObjectKey } from "@operatorkit/object";
import type { Clock, Timer } from "@operatorkit/observe";

export interface ToldStreamOptions<I, V> {
  readonly clock: Clock;
  /** Between two items of a replay. */
  readonly rateWaitMs: number;
  /** What is told of an item that waited; undefined for what turns out to be nothing to tell. */
  readonly tell: (waiting: I) => { readonly value: V } | undefined;
  readonly onOpen: () => void;
  readonly onLeave: () => void;
}

/**
 * What waits to be told to one reader, at most one item per id, and the reader's side of it. What happens goes before what is only
 * replayed, and is never held up by the wait between two replayed items.
 *
 * It is read once: nothing is kept before a reader came, nor after it left.
 */
export class ToldStream<I, V> implements AsyncIterableIterator<V> {
  readonly #options: ToldStreamOptions<I, V>;
  readonly #live = new Map<string, I>();
  readonly #replay = new Map<ObjectKey, I>();
  #state: "new" | "open" | "over" = "new";
  #failure: { readonly error: unknown } | undefined;
  #nextReplayMs = Number.NEGATIVE_INFINITY;
  #wake: (() => void) | undefined;
  /** Reads take turns. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: ToldStreamOptions<I, V>) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** How many wait because they happened, and how many to be replayed. */
  get waiting(): { readonly live: number; readonly replay: number } {
    return { live: this.#live.size, replay: this.#replay.size };
  }

  /** Something happened. It takes the place of what waits under the same id, and of what would be replayed under `key`. */
  push(id: string, key: ObjectKey, item: I): void {
    this.#replay.delete(key);
    if (this.#state !== "open") return;
    this.#live.set(id, item);
    this.#wake?.();
  }

  /** Tells it when nothing else is to be told, unless something waits under the same id. */
  replay(id: string, key: ObjectKey, item: I): void {
    if (this.#state !== "open" || this.#live.has(id)) return;
    this.#replay.set(key, item);
    this.#wake?.();
  }

  /** Takes back what waits. */
  take(id: string, key: ObjectKey): I | undefined {
    this.#replay.delete(key);
    const item = this.#live.get(id);
    this.#live.delete(id);
    return item;
  }

  /** Forgets the oldest of what happened. */
  dropOldest(): void {
    shiftOf(this.#live);
  }

  /** Ends the stream for its reader, with an error when there is one. What waits is dropped. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#failure = failure;
    this.#live.clear();
    this.#replay.clear();
    this.#wake?.();
  }

  [Symbol.asyncIterator](): this {
    if (this.#state === "open") throw new TypeError("this stream is being read; ask for another one with watch()");
    if (this.#state === "new") {
      this.#state = "open";
      this.#options.onOpen();
    }
    return this;
  }

  next(): Promise<IteratorResult<V, undefined>> {
    const read = this.#reading.then(() => this.#next());
    this.#reading = read.catch(() => {});
    return read;
  }

  async return(): Promise<IteratorResult<V, undefined>> {
    const wasOpen = this.isOpen;
    this.end();
    if (wasOpen) this.#options.onLeave();
    return { done: true, value: undefined };
  }

  async #next(): Promise<IteratorResult<V, undefined>> {
    for (;;) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure !== undefined) throw failure.error;
      if (this.#state === "over") return { done: true, value: undefined };
      const item = this.#shift();
      if (item === undefined) {
        await this.#change();
        continue;
      }
      const told = this.#options.tell(item);
      if (told !== undefined) return { done: false, value: told.value };
    }
  }

  #shift(): I | undefined {
    const live = shiftOf(this.#live);
    if (live !== undefined || this.#replay.size === 0) return live;
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs < this.#nextReplayMs) return undefined;
    this.#nextReplayMs = nowMs + this.#options.rateWaitMs;
    return shiftOf(this.#replay);
  }

  /** Waits until there may be something to tell. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#options;
      let timer: Timer | undefined;
      if (this.#replay.size > 0) timer = clock.setTimer(this.#nextReplayMs - clock.monotonicMs(), () => this.#wake?.());
      this.#wake = () => {
        timer?.cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

function shiftOf<I>(waiting: Map<string, I>): I | undefined {
  for (const [id, item] of waiting) {
    waiting.delete(id);
    return item;
  }
  return undefined;
}
