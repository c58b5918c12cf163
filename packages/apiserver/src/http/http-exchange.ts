import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TransportResponse } from "@operatorkit/api";
import type { Clock, Logger } from "@operatorkit/observe";
import { ConnectionReset } from "../faults/connection-reset.ts";
import type { Handler, Peer, ServerRequest } from "../handler.ts";
import type { HttpLimits } from "./http-limits.ts";
import { type RequestBody, readRequestBody } from "./request-body.ts";
import { statusResponse } from "./status-response.ts";

export interface HttpExchangeOptions {
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ServerResponse | Http2ServerResponse;
  readonly handler: Handler;
  readonly peer: Peer;
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * One request and its answer, on HTTP/1.1 or HTTP/2. The handler sees the whole body and a signal that aborts when the
 * client goes away; the answer's body is written piece by piece, and the next piece is asked for only when the socket takes it.
 */
export class HttpExchange {
  readonly #options: HttpExchangeOptions;
  readonly #abort = new AbortController();
  #closing = false;
  /** The answer has begun and its length was not announced: a watch, or a list in pieces. */
  #isOpenEnded = false;
  #isWriting = false;
  /** The answer is written, or the client went away: nothing can be written any more. */
  #isOver = false;

  constructor(options: HttpExchangeOptions) {
    this.#options = options;
  }

  /** Resolves when the answer is written or the client is gone. Never rejects. */
  async run(): Promise<void> {
    const { request, response, logger } = this.#options;
    // After "close" of an answer that was written, nobody listens to the signal any more.
    response.once("close", () => {
      this.#isOver = true;
      this.#abort.abort(new Error(`${request.method} ${request.url}: the client went away`));
    });
    response.on("error", ignore);
    request.on("error", ignore);
    try {
      const answer = await this.#answer();
      if (answer !== undefined) await this.#write(answer);
    } catch (error) {
      // Only a body that breaks half-way, or an answer that is none, comes here: cutting the stream is how the client learns of it.
      if (error instanceof ConnectionReset) {
        await this.#reset(error);
        return;
      }
      if (!this.#abort.signal.aborted) logger.error("the answer broke off", { method: request.method, url: request.url, error });
      this.#cut();
    }
  }

  /** The server is stopping: open-ended answers end here, the others may finish. */
  beginClosing(): void {
    this.#closing = true;
    if (!this.#isOpenEnded || this.#isWriting) return;
    this.#abort.abort(new Error("the server is stopping"));
    // The handler's stream has this turn to say a last word; then the answer ends in good order.
    setImmediate(() => {
      if (!this.#isOver && !this.#options.response.writableEnded) this.#options.response.end();
    });
  }

  async #answer(): Promise<TransportResponse | undefined> {
    const { request, handler, peer, limits, logger } = this.#options;
    const headers = headersOf(request);
    // A proxy's form of the target names the host too.
    const path = (request.url ?? "/").replace(/^https?:\/\/[^/?]*(?=\/)/i, "");
    if (Buffer.byteLength(path) > limits.maxUrlBytes) {
      return this.#refuse(414, "RequestURITooLong", `the URL is longer than ${limits.maxUrlBytes} bytes`);
    }
    if (!path.startsWith("/")) return this.#refuse(400, "BadRequest", "the request target must be a path");
    const tooLarge = `Request entity too large: limit is ${limits.maxBodyBytes}`;
    if (Number(headers["content-length"] ?? 0) > limits.maxBodyBytes) return this.#refuse(413, "RequestEntityTooLarge", tooLarge);
    const body = await this.#body();
    if (body.type === "aborted") return undefined;
    if (body.type === "too large") return this.#refuse(413, "RequestEntityTooLarge", tooLarge);
    if (body.type === "too slow")
      return this.#refuse(408, "Timeout", `the request body did not arrive within ${limits.bodyTimeoutMs / 1000} s`);
    const transported: ServerRequest = {
      method: request.method ?? "GET",
      path,
      headers,
      ...repeatedHeadersOf(request, headers),
      body: body.bytes,
      signal: this.#abort.signal,
      peer,
    };
    try {
      return await handler(transported);
    } catch (error) {
      if (this.#abort.signal.aborted) return undefined;
      if (error instanceof ConnectionReset) throw error;
      logger.error("the handler failed", { method: request.method, url: request.url, error });
      return statusResponse(500, "InternalError", `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #body(): Promise<RequestBody> | RequestBody {
    const { request, limits, clock } = this.#options;
    if (hasBody(request)) return readRequestBody(request, { maxBytes: limits.maxBodyBytes, timeoutMs: limits.bodyTimeoutMs, clock });
    // Read all the same: Node sees that a client has gone only while it reads.
    request.resume();
    return { type: "body", bytes: undefined };
  }

  /** An answer to a request that was not read to its end: the connection cannot be used again. */
  #refuse(code: number, reason: string, message: string): TransportResponse {
    const { request, response } = this.#options;
    const answer = statusResponse(code, reason, message);
    if ("stream" in request) {
      response.once("finish", () => request.stream.close(NO_ERROR));
      return answer;
    }
    // What the client is still sending is thrown away, or its kernel would drop our answer with the connection.
    request.resume();
    response.once("finish", () => request.socket.destroySoon());
    return { ...answer, headers: { ...answer.headers, connection: "close" } };
  }

  async #write({ status, headers, body }: TransportResponse): Promise<void> {
    const { request, response } = this.#options;
    if (this.#isOver) {
      // The client left while the handler worked: its stream still has to learn that nobody reads it.
      await body[Symbol.asyncIterator]().return?.();
      return;
    }
    const isHttp2 = request.httpVersionMajor >= 2;
    for (const [name, value] of Object.entries(headers)) {
      // HTTP/2 has no connection headers; Node throws at them.
      if (!isHttp2 || !CONNECTION_HEADERS.has(name)) response.setHeader(name, value);
    }
    if (this.#closing && !isHttp2) response.setHeader("connection", "close");
    response.statusCode = status;
    const hasLength = headers["content-length"] !== undefined;
    // A watch that has nothing to say yet must still be seen to have begun.
    if (!hasLength) this.#asServerResponse.flushHeaders();
    this.#isOpenEnded = !hasLength;
    if (this.#closing) this.beginClosing();
    for await (const chunk of body) {
      if (this.#isOver || response.writableEnded) break;
      this.#isWriting = true;
      await this.#send(chunk);
      this.#isWriting = false;
      if (this.#closing && this.#isOpenEnded) break;
    }
    if (this.#isOver) return;
    const finished = this.#drained("finish");
    if (!response.writableEnded) response.end();
    await finished;
  }

  /** In pieces, so that a client that reads slowly is seen to read. */
  async #send(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.byteLength && !this.#isOver; start += PIECE_BYTES) {
      if (!this.#asServerResponse.write(chunk.subarray(start, start + PIECE_BYTES))) await this.#drained("drain");
    }
  }

  /** HTTP/2's answer has all of these methods too; Node's types leave some out, or give them another signature. */
  get #asServerResponse(): ServerResponse {
    return this.#options.response as ServerResponse;
  }

  /** Breaks the stream, or the whole connection, on purpose; what was written before still goes out. */
  async #reset({ scope }: ConnectionReset): Promise<void> {
    const { request } = this.#options;
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    if (scope === "connection" && "stream" in request) request.stream.session?.destroy(new Error("reset by a fault"), INTERNAL_ERROR);
    else if (scope === "connection") request.socket.destroy();
    else this.#cut();
  }

  #cut(): void {
    const { request, response } = this.#options;
    if ("stream" in request) request.stream.close(INTERNAL_ERROR);
    else response.destroy();
  }

  /** Resolves when the socket takes more (or has taken all), or is gone. A client that reads nothing for too long is cut off. */
  #drained(event: "drain" | "finish"): Promise<void> {
    const { response, clock, limits, request, logger } = this.#options;
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.setTimer(limits.stalledMs, () => {
        logger.warn("a client reads nothing: closing its stream", { method: request.method, url: request.url });
        this.#cut();
        settle();
      });
      const settle = (): void => {
        timer.cancel();
        response.off(event, settle).off("close", settle);
        resolve();
      };
      response.on(event, settle).on("close", settle);
    });
  }
}

// HTTP/2's error codes, RFC 9113 section 7.
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
function ignore(): void {}

const PIECE_BYTES = 256 * 1024;
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);

/** Most requests have none, and need no waiting for it. */
function hasBody(request: IncomingMessage | Http2ServerRequest): boolean {
  if ("stream" in request) return !request.stream.endAfterHeaders;
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== "0");
}

/** Those that may come several times and mean a list, whose members may hold commas. Most requests have none. */
function repeatedHeadersOf(
  { rawHeaders }: IncomingMessage | Http2ServerRequest,
  headers: Readonly<Record<string, string>>,
): Pick<ServerRequest, "repeatedHeaders"> {
  if (headers["impersonate-user"] === undefined && !Object.keys(headers).some((name) => name.startsWith("impersonate-"))) return {};
  const repeatedHeaders: Record<string, string[]> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name.startsWith("impersonate-")) (repeatedHeaders[name] ??= []).push(rawHeaders[index + 1] as string);
  }
  return { repeatedHeaders };
}

/** Lower-case names, one value each, pseudo-headers as `host`. */
function headersOf(request: IncomingMessage | Http2ServerRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(":")) continue;
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const authority = request.headers[":authority"];
  if (typeof authority === "string") headers["host"] ??= authority;
  return headers;
}
