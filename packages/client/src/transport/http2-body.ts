import { constants, type ClientHttp2Stream } from "node:http2";
import { TransportError } from "./transport-error.ts";

export interface Http2BodyOptions {
  readonly stream: ClientHttp2Stream;
  readonly signal: AbortSignal | undefined;
  /** Resets the stream, which frees its place on the connection. */
  readonly cancel: () => void;
  /** What `content-length` says. */
  readonly expectedBytes: number | undefined;
  readonly onBytes: () => void;
  /** What is wrong with the whole connection, if anything. */
  readonly problem: () => TransportError | undefined;
}

/**
 * The bytes of an answer, taken from the wire as they are asked for. Node ends a stream that was reset as if it were
 * complete; here that throws, and so does a body shorter than announced.
 */
export class Http2Body implements AsyncIterableIterator<Uint8Array> {
  readonly #options: Http2BodyOptions;
  #receivedBytes = 0;
  /** Wakes whoever waits for bytes or the end. */
  #wake: (() => void) | undefined;

  constructor(options: Http2BodyOptions) {
    this.#options = options;
    // Node's own iterator would do, for a tenth of what a small request costs.
    const wake = (): void => this.#wake?.();
    options.stream.on("readable", wake).on("end", wake).on("close", wake);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { stream, signal, onBytes } = this.#options;
    for (;;) {
      const chunk: Uint8Array | null = stream.destroyed ? null : (stream.read() as Uint8Array | null);
      if (chunk !== null) {
        this.#receivedBytes += chunk.byteLength;
        onBytes();
        return { done: false, value: chunk };
      }
      if (stream.readableEnded || stream.destroyed) break;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (signal?.aborted) throw signal.reason;
    // A server may reset the stream, without an error, right behind its last byte: node then destroys it without an end.
    const isComplete = stream.readableEnded ? this.#isComplete() : this.#receivedBytes === this.#options.expectedBytes;
    if (!isComplete) throw this.#brokenOff(stream.errored ?? undefined);
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#options.cancel();
    return { done: true, value: undefined };
  }

  #isComplete(): boolean {
    const { stream, expectedBytes, problem } = this.#options;
    if (expectedBytes !== undefined) return this.#receivedBytes === expectedBytes;
    return problem() === undefined && (stream.rstCode ?? constants.NGHTTP2_NO_ERROR) === constants.NGHTTP2_NO_ERROR;
  }

  #brokenOff(cause: unknown): TransportError {
    const { stream, problem } = this.#options;
    const why = problem()?.message ?? `the stream was reset (HTTP/2 error ${stream.rstCode ?? "unknown"})`;
    return new TransportError(`the answer broke off after ${this.#receivedBytes} bytes: ${why}`, {
      wasSent: true,
      cause: cause ?? problem(),
    });
  }
}
