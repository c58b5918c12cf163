import { TransportError } from "@operatorkit/client";
import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import { isWatch, observed } from "./metered-transport.ts";

/** Stands between an operator and the server, and is told of everything before it happens. */
export interface Interference {
  beforeWrite?(write: WriteRequest): Promise<void> | void;
  /** The server has done it; the operator has not heard. */
  afterWrite?(write: WriteRequest, answer: WriteAnswer): Promise<void> | void;
  /** A change came in by a watch, and the operator has not read it. Counted from 1, over all processes. */
  onEvent?(number: number): void;
  /** How a list or a watch of these objects (a plural name) is refused, if it is: 503, or 410 for a watch of a history that is forgotten. */
  refusalOf?(read: "list" | "watch", plural: string): 503 | 410 | undefined;
  /** Until when what a watch of these objects (a plural name) brings is held back. */
  heldBack?(plural: string): Promise<void> | undefined;
}

export interface WriteRequest {
  /** Counted from 1, over all processes of a run. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
}

export interface WriteAnswer {
  readonly status: number;
  readonly text: string;
}

/** What all processes of a run have asked. */
export class Requests {
  total = 0;
  events = 0;
  /** The numbers of the events that came first in their piece of a watch: the others come in the same moment. */
  readonly moments: number[] = [];
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
  #cut = new AbortController();
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

  /** Breaks off the watches that are open. */
  cut(): void {
    this.#cut.abort(new TransportError("the connection was cut", { wasSent: true }));
    this.#cut = new AbortController();
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
    const plural = listedPlural(request.path);
    const status = plural === undefined ? undefined : this.#interference.refusalOf?.(isWatch(request) ? "watch" : "list", plural);
    if (status !== undefined) return refused(status);
    const signals = [this.#dead.signal, ...(request.signal === undefined ? [] : [request.signal])];
    if (!isWatch(request)) return await this.#inner.request({ ...request, signal: AbortSignal.any(signals) });
    this.#requests.watched.add(plural ?? "");
    const signal = AbortSignal.any([...signals, this.#cut.signal]);
    const response = await this.#inner.request({ ...request, signal });
    return { ...response, body: this.#heldBack(response.body, plural ?? "", signal) };
  }

  async *#heldBack(body: AsyncIterable<Uint8Array>, plural: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const piece of body) {
      const release = this.#interference.heldBack?.(plural);
      if (release !== undefined) await orAborted(release, signal);
      yield piece;
    }
  }

  async #write(request: TransportRequest): Promise<TransportResponse> {
    const { writes } = this.#requests;
    const write = { number: writes.length + 1, method: request.method, path: request.path };
    writes.push(write);
    await this.#interference.beforeWrite?.(write);
    this.#dead.signal.throwIfAborted();
    const { response, bytes } = await this.#sendWrite(request);
    await this.#interference.afterWrite?.(write, { status: response.status, text: bytes.toString() });
    this.#dead.signal.throwIfAborted();
    return { ...response, body: inOnePiece(bytes) };
  }

  /** What was sent is done, though nobody may hear of it: a broken connection takes nothing back. */
  async #sendWrite(request: TransportRequest): Promise<{ readonly response: TransportResponse; readonly bytes: Buffer }> {
    this.#writing += 1;
    try {
      const response = await this.#inner.request({ ...request, signal: undefined });
      const pieces: Uint8Array[] = [];
      for await (const piece of response.body) pieces.push(piece);
      return { response, bytes: Buffer.concat(pieces) };
    } finally {
      this.#writing -= 1;
    }
  }

  #onChunk(request: TransportRequest, chunk: Uint8Array): void {
    if (isWatch(request)) {
      let isFirst = true;
      for (const line of Buffer.from(chunk).toString().split("\n")) {
        // Every line of a change names its type first; the rest of one that came in pieces does not.
        if (!CHANGE.test(line)) continue;
        this.#requests.events += 1;
        if (isFirst) this.#requests.moments.push(this.#requests.events);
        isFirst = false;
        this.#interference.onEvent?.(this.#requests.events);
      }
    }
    this.#dead.signal.throwIfAborted();
  }
}

/** What is listed or watched at this path; undefined for a single object, and for what is no object. */
function listedPlural(path: string): string | undefined {
  const [, rest = ""] = /^\/(?:api|apis\/[^/]+)\/[^/]+\/([^?]+)/.exec(path) ?? [];
  const parts = rest.split("/");
  const [first, , third] = parts;
  if (parts.length === 3 && first === "namespaces") return third;
  return parts.length === 1 && first !== "" ? first : undefined;
}

function refused(code: 503 | 410): TransportResponse {
  const reason = code === 410 ? "Expired" : "ServiceUnavailable";
  const status = { apiVersion: "v1", kind: "Status", status: "Failure", code, reason, message: "refused by the plan" };
  return { status: code, headers: { "content-type": "application/json" }, body: inOnePiece(Buffer.from(JSON.stringify(status))) };
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<void>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const CHANGE = /^\{"type":"(ADDED|MODIFIED|DELETED)"/;
