import type { TransportResponse } from "@operatorkit/api";
import type { Dispatcher } from "undici";
import { plainHeaders } from "./plain-headers.ts";
import { TransportError } from "./transport-error.ts";

type Controller = Dispatcher.DispatchController;

/** Bytes that may wait to be taken; then the server has to wait. */
const MOST_WAITING_BYTES = 128 * 1024;

/**
 * One request of undici's and its answer, whose bytes are handed on as they come from the socket: undici's own body is a stream of
 * Node's, which costs a fifth of what a client does with a busy watch.
 */
export class Http1Exchange implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array> {
  /** Rejects when no answer came, or with the signal's reason. */
  readonly answer: Promise<TransportResponse>;
  readonly #answered: PromiseWithResolvers<TransportResponse> = Promise.withResolvers();
  readonly #signal: AbortSignal | undefined;
  readonly #problem: (cause: unknown) => Error;
  #controller: Controller | undefined;
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  /** Wakes whoever waits for bytes or the end. */
  #wake: (() => void) | undefined;

  constructor({ signal, problem }: { signal: AbortSignal | undefined; problem: (cause: unknown) => Error }) {
    this.#signal = signal;
    this.#problem = problem;
    this.answer = this.#answered.promise;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(ABANDONED);
  }

  onResponseStart(_controller: Controller, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    if (status < 200) return;
    this.#answered.resolve({ status, headers: plainHeaders(headers), body: this });
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.byteLength;
    if (this.#waitingBytes >= MOST_WAITING_BYTES) controller.pause();
    this.#wake?.();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Controller, cause: Error): void {
    this.fail(cause);
  }

  /** What could not be asked, or broke off. */
  fail(cause: unknown): void {
    if (this.#isOver) return;
    const problem = this.#problem(cause);
    this.#answered.reject(problem);
    this.#failure = { error: new TransportError(`the answer broke off: ${problem.message}`, { wasSent: true, cause }) };
    this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#waitingBytes -= chunk.byteLength;
        if (this.#waitingBytes < MOST_WAITING_BYTES) this.#controller?.resume();
        return { done: false, value: chunk };
      }
      if (this.#isOver) break;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return { done: true, value: undefined };
  }

  /** Leaving it before its end closes its connection. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#abandon();
    return { done: true, value: undefined };
  }

  readonly #onAbort = (): void => {
    if (this.#isOver) return;
    const error: unknown = this.#signal?.reason;
    this.#answered.reject(error);
    this.#failure = { error };
    this.#abandon();
  };

  #abandon(): void {
    this.#chunks = [];
    this.#waitingBytes = 0;
    if (this.#isOver) return;
    this.#end();
    this.#controller?.abort(ABANDONED);
  }

  #end(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#wake?.();
  }
}

const ABANDONED = new Error("nobody wants the rest of this answer");
