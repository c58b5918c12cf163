import { TransportError } from "@operatorkit/client";
import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import { isWatch, observed } from "./metered-transport.ts";

/** Stands between an operator and the server, and is told of everything before it happens. */
export interface Interference {
  beforeWrite?(write: WriteRequest): Promise<void> | void;
  /** The server has done it; the operator has not heard. */
  afterWrite?(write: WriteRequest): Promise<void> | void;
  /** A change came in by a watch, and the operator has not read it. Counted from 1, over all processes. */
  onEvent?(number: number): void;
}

export interface WriteRequest {
  /** Counted from 1, over all processes of a run. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
}

/** What all processes of a run have asked. */
export class Requests {
  total = 0;
  events = 0;
  readonly writes: WriteRequest[] = [];
  /** Plural names of what was watched. */
  readonly watched = new Set<string>();
}

/** What one life of an operator speaks through. Killed, it carries nothing any more, either way. */
export class ProcessTransport implements Transport {
  readonly #inner: Transport;
  readonly #requests: Requests;
  readonly #interference: Interference;
  readonly #dead = new AbortController();
  #open = 0;
  #writing = 0;

  constructor({ inner, requests, interference }: { inner: Transport; requests: Requests; interference: Interference }) {
    this.#inner = inner;
    this.#requests = requests;
    this.#interference = interference;
  }

  /** Requests whose answers are not at their end, watches too. */
  get open(): number {
    return this.#open;
  }

  /** Writes that the server has and has not answered: they outlive the process. */
  get writing(): number {
    return this.#writing;
  }

  kill(): void {
    this.#dead.abort(new TransportError("the process was killed", { wasSent: true, isPermanent: true }));
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    this.#dead.signal.throwIfAborted();
    const requests = this.#requests;
    requests.total += 1;
    this.#open += 1;
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.#open -= 1;
      isOver = true;
    };
    try {
      const response = request.method === "GET" ? await this.#read(request) : await this.#write(request);
      const body = observed(response.body, { onChunk: (chunk) => this.#onChunk(request, chunk), onEnd: over });
      return { ...response, body };
    } catch (error) {
      over();
      throw error;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #read(request: TransportRequest): Promise<TransportResponse> {
    if (isWatch(request)) this.#requests.watched.add(/([^/?]+)\?/.exec(request.path)?.[1] ?? "");
    const signals = [this.#dead.signal, ...(request.signal === undefined ? [] : [request.signal])];
    return await this.#inner.request({ ...request, signal: AbortSignal.any(signals) });
  }

  async #write(request: TransportRequest): Promise<TransportResponse> {
    const { writes } = this.#requests;
    const write = { number: writes.length + 1, method: request.method, path: request.path };
    writes.push(write);
    await this.#interference.beforeWrite?.(write);
    this.#dead.signal.throwIfAborted();
    const response = await this.#sendWrite(request);
    try {
      await this.#interference.afterWrite?.(write);
      this.#dead.signal.throwIfAborted();
    } catch (error) {
      // Nobody will read it.
      await response.body[Symbol.asyncIterator]().return?.();
      throw error;
    }
    return response;
  }

  /** What was sent is done, though nobody may hear of it: a broken connection takes nothing back. */
  async #sendWrite(request: TransportRequest): Promise<TransportResponse> {
    this.#writing += 1;
    try {
      return await this.#inner.request({ ...request, signal: undefined });
    } finally {
      this.#writing -= 1;
    }
  }

  #onChunk(request: TransportRequest, chunk: Uint8Array): void {
    if (isWatch(request)) {
      for (const line of Buffer.from(chunk).toString().split("\n")) {
        // Every line of a change names its type first; the rest of one that came in pieces does not.
        if (!CHANGE.test(line)) continue;
        this.#requests.events += 1;
        this.#interference.onEvent?.(this.#requests.events);
      }
    }
    this.#dead.signal.throwIfAborted();
  }
}

const CHANGE = /^\{"type":"(ADDED|MODIFIED|DELETED)"/;
