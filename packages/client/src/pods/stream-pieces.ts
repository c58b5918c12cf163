import type { Readable } from "node:stream";

/**
 * A stream's pieces, one when it is asked for. Left before its end (`return`), even while a piece is awaited, the stream is paused and as
 * it was: what comes next is for its next reader, and `process.stdin` no longer keeps the process alive. A stream's own iterator would wait
 * for one more piece, drop it, and destroy the stream.
 * @typeParam T what the stream is of
 */
export class StreamPieces<T> implements AsyncIterator<T, undefined> {
  readonly #stream: Readable;
  #awaited: PromiseWithResolvers<IteratorResult<T, undefined>> | undefined;
  #isLeft = false;

  constructor(stream: Readable) {
    this.#stream = stream;
    // Before somebody listens for data, lest it flow at once.
    stream.pause();
    stream.on("data", this.#onData);
    stream.on("end", this.#onEnd);
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const { readableEnded, errored, destroyed } = this.#stream;
    if (this.#isLeft || readableEnded) return Promise.resolve({ done: true, value: undefined });
    if (destroyed) return Promise.reject(errored ?? brokenOff());
    this.#awaited = Promise.withResolvers();
    this.#stream.resume();
    return this.#awaited.promise;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#leave();
    this.#awaited?.resolve({ done: true, value: undefined });
    return { done: true, value: undefined };
  }

  readonly #onData = (value: T): void => {
    this.#stream.pause();
    this.#awaited?.resolve({ done: false, value });
    this.#awaited = undefined;
  };

  readonly #onEnd = (): void => {
    this.#leave();
    this.#awaited?.resolve({ done: true, value: undefined });
  };

  readonly #onError = (error: Error): void => {
    this.#leave();
    this.#awaited?.reject(error);
  };

  readonly #onClose = (): void => this.#onError(brokenOff());

  #leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#stream.off("data", this.#onData);
    this.#stream.off("end", this.#onEnd);
    this.#stream.off("error", this.#onError);
    this.#stream.off("close", this.#onClose);
    this.#stream.pause();
  }
}

function brokenOff(): Error {
  return new Error("the stream was closed before its end");
}
