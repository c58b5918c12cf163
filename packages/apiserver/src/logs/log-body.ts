import type { LogOptions } from "./log-options.ts";
import type { LogLine, LogLines } from "./log-lines.ts";

export interface LogBodyOptions {
  readonly lines: LogLines;
  readonly options: LogOptions;
  readonly signal: AbortSignal | undefined;
  /** Whether nothing more will be logged. */
  readonly isEnded: () => boolean;
  /** Calls back whenever `isEnded` may have changed, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Bytes per chunk, about: many short lines go out together. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * The body of a log: the lines there are, and while it follows, those that come, until the container ends, the limit of bytes is reached or the
 * request stops. It holds a place in the log and no buffer; one that falls behind misses what the log has forgotten. While nobody reads, it holds
 * no subscription.
 */
export class LogBody implements AsyncIterableIterator<Uint8Array> {
  readonly #options: LogBodyOptions;
  #place: number;
  #bytesLeft: number;
  #isDone = false;
  #wake: (() => void) | undefined;

  constructor(options: LogBodyOptions) {
    const { lines } = options;
    const { tailLines, limitBytes } = options.options;
    this.#options = options;
    this.#place = lines.placeFrom(tailLines === undefined ? 0 : lines.end - tailLines);
    this.#bytesLeft = limitBytes ?? Number.POSITIVE_INFINITY;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { options, signal, isEnded } = this.#options;
    while (!this.#isDone) {
      if (signal?.aborted === true) break;
      // Asked first: what is logged before the end is told before the end.
      const isLast = !options.follow || isEnded();
      const bytes = this.#drain();
      if (bytes !== undefined) return { done: false, value: bytes };
      if (isLast || this.#bytesLeft <= 0) break;
      await this.#changed();
    }
    this.#isDone = true;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#isDone = true;
    this.#wake?.();
    return { done: true, value: undefined };
  }

  /** The lines from here on, up to a chunk. */
  #drain(): Uint8Array | undefined {
    const { lines } = this.#options;
    let text = "";
    while (this.#place < lines.end && text.length < CHUNK_LENGTH) {
      this.#place = lines.placeFrom(this.#place);
      text += this.#textOf(lines.at(this.#place) as LogLine);
      this.#place += 1;
    }
    if (text === "" || this.#bytesLeft <= 0) return undefined;
    const bytes = ENCODER.encode(text);
    const sent = bytes.subarray(0, Math.min(bytes.byteLength, this.#bytesLeft));
    this.#bytesLeft -= sent.byteLength;
    return sent;
  }

  #textOf({ timeMs, text }: LogLine): string {
    const { timestamps, sinceMs } = this.#options.options;
    if (sinceMs !== undefined && timeMs < sinceMs) return "";
    return `${timestamps ? `${new Date(timeMs).toISOString()} ` : ""}${text}\n`;
  }

  /** Resolves at the next line, when the container may have ended, at an abort or `return`. */
  #changed(): Promise<void> {
    const { lines, signal, subscribe } = this.#options;
    return new Promise((resolve) => {
      const unsubscribe = [lines.subscribe(wake), subscribe(wake)];
      signal?.addEventListener("abort", wake);
      this.#wake = wake;
      function wake(): void {
        for (const stop of unsubscribe) stop();
        signal?.removeEventListener("abort", wake);
        resolve();
      }
    });
  }
}

const ENCODER = new TextEncoder();
