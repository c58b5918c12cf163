import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Handler, UserInfo } from "./handler.ts";

export interface InProcessTransportOptions {
  readonly handler: Handler;
  readonly user: UserInfo;
  /** Ends every request: the server is closed or restarts. Asked for at each request. */
  readonly signal: () => AbortSignal;
}

/** Carries requests to a server in the same process: no socket, no serialisation but the bodies', the same pipeline. */
export class InProcessTransport implements Transport {
  readonly #options: InProcessTransportOptions;
  readonly #closed = new AbortController();

  constructor(options: InProcessTransportOptions) {
    this.#options = options;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { handler, user, signal } = this.#options;
    // Linked only while something streams: `AbortSignal.any` holds its sources weakly.
    const linked = AbortSignal.any([signal(), this.#closed.signal, ...(request.signal === undefined ? [] : [request.signal])]);
    // A request takes its turn on the event loop, as one over a socket does: who asks again and again starves no timer and no watch.
    await new Promise((resolve) => setImmediate(resolve));
    linked.throwIfAborted();
    const response = await handler({ ...request, user, signal: linked });
    linked.throwIfAborted();
    return { ...response, body: interruptible(response.body, linked) };
  }

  close(): Promise<void> {
    this.#closed.abort(new Error("the transport is closed"));
    return Promise.resolve();
  }
}

/** A body that rejects when the request was aborted, as one on a broken socket would. */
function interruptible(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const iterator = body[Symbol.asyncIterator]();
      return {
        async next() {
          if (signal.aborted) {
            // A reader that is told by a rejection does not return the iterator: what stands behind it still has to learn.
            await iterator.return?.();
            signal.throwIfAborted();
          }
          const result = await iterator.next();
          if (result.done === true) signal.throwIfAborted();
          return result;
        },
        async return() {
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
