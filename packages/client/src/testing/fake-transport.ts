import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";

/** What a fake server answers: a body that is JSON unless it is text or bytes already. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body`: pieces, and what comes between and after them. */
  readonly chunks?: AsyncIterable<Uint8Array>;
}

/** A request as a test reads it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A transport without a wire: keeps what was asked, answers what the test says. Throwing is a broken connection. */
export class FakeTransport implements Transport {
  readonly seen: SeenRequest[] = [];
  isClosed = false;
  readonly #answer: (request: SeenRequest, signal: AbortSignal | undefined) => FakeAnswer | Promise<FakeAnswer>;

  constructor(answer: (request: SeenRequest, signal: AbortSignal | undefined) => FakeAnswer | Promise<FakeAnswer>) {
    this.#answer = answer;
  }

  get paths(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`);
  }

  async request({ method, path, headers, body, signal }: TransportRequest): Promise<TransportResponse> {
    const request: SeenRequest = { method, path, headers, body: body === undefined ? undefined : JSON.parse(Buffer.from(body).toString()) };
    this.seen.push(request);
    const { status = 200, headers: answered = {}, body: content, chunks } = await this.#answer(request, signal);
    return { status, headers: { "content-type": "application/json", ...answered }, body: chunks ?? oneChunk(content) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

async function* oneChunk(content: unknown): AsyncGenerator<Uint8Array> {
  if (content !== undefined)
    yield content instanceof Uint8Array ? content : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
}

/** A `Status` answer. */
export function failure(status: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  return { status, headers, body: { kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code: status } };
}

/** An answer that never comes, until the signal ends the waiting. */
export function silence(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
