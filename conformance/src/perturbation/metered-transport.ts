import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Traffic } from "./traffic.ts";

/** Counts what passes. Closing it leaves the transport behind it open, which others use too. */
export class MeteredTransport implements Transport {
  readonly #inner: Transport;
  readonly #traffic: Traffic;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ inner, traffic, headers = {} }: { inner: Transport; traffic: Traffic; headers?: Readonly<Record<string, string>> }) {
    this.#inner = inner;
    this.#traffic = traffic;
    this.#headers = headers;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const traffic = this.#traffic;
    const weight = isWatch(request) ? 0 : 1;
    traffic.activity += 1;
    traffic.inFlight += weight;
    traffic.note(`${request.method} ${request.path} by ${request.headers["user-agent"] ?? "somebody"}`);
    const over = once(() => {
      traffic.inFlight -= weight;
      traffic.activity += 1;
    });
    try {
      const response = await this.#inner.request({ ...request, headers: { ...request.headers, ...this.#headers } });
      return { ...response, body: observed(response.body, { onChunk: () => void (traffic.activity += 1), onEnd: over }) };
    } catch (error) {
      over();
      throw error;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function isWatch({ method, path }: TransportRequest): boolean {
  return method === "GET" && /[?&]watch=(true|1)(&|$)/.test(path);
}

export interface BodyObserver {
  readonly onChunk: (chunk: Uint8Array) => void;
  /** Once, however the body ends. */
  readonly onEnd: () => void;
}

/** The same body, watched. What `onChunk` throws breaks it. */
export function observed(body: AsyncIterable<Uint8Array>, { onChunk, onEnd }: BodyObserver): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
      const iterator = body[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const result = await iterator.next();
            if (result.done === true) onEnd();
            else onChunk(result.value);
            return result;
          } catch (error) {
            onEnd();
            // What broke it may have been `onChunk`, of which the body knows nothing.
            await iterator.return?.().catch(() => {});
            throw error;
          }
        },
        async return() {
          onEnd();
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
