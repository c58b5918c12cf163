import { ApiError, isApiError, type Transport, type TransportResponse } from "@operatorkit/api";
import { sleep, type Clock, type Logger, type Span } from "@operatorkit/observe";
import type { Backoff } from "@operatorkit/retry";
import type { Credentials } from "../config/credentials.ts";
import { impersonationHeaders, type Impersonation } from "../config/impersonation.ts";
import type { Call } from "./call.ts";
import { orAborted } from "../transport/or-aborted.ts";
import { Deadline } from "./deadline.ts";
import { decodeError } from "./decode-error.ts";
import { excerptOf } from "./excerpt.ts";
import { gunzipped } from "./gunzipped.ts";
import { parseWarnings } from "./parse-warnings.ts";
import { readBody, readStart } from "./read-body.ts";
import type { RequestMetrics } from "./request-metrics.ts";
import type { RequestSpans } from "./request-spans.ts";
import { retryAfterMs } from "./retry-after.ts";
import { retryDelayMs, type AttemptOutcome } from "./retry-delay.ts";

export interface RequesterOptions {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly impersonate?: Impersonation | undefined;
  /** The server and where its address came from, for error messages. */
  readonly server: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
  readonly spans: RequestSpans;
  /** For a call as a whole: its retries and its body. */
  readonly timeoutMs: number;
  readonly backoff: Backoff;
  readonly userAgent: string;
  /** Ask for lists to be sent packed. */
  readonly compress?: boolean;
}

/** Bodies larger than this are refused: a string cannot hold them. */
const MAX_BODY_BYTES = 500 * 1024 * 1024;
/** An error's body is read for its message only, and no further. */
const MAX_ERROR_BYTES = 1024 * 1024;
/** So many different warnings are remembered, so that a loop does not repeat itself in the log. */
const MAX_WARNINGS = 500;

/**
 * Carries calls over a transport: credentials, deadline, retries where they are safe, warnings to the log, failures as
 * `ApiError`s that say what was being done to what.
 */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #closing = new AbortController();
  readonly #warned = new Set<string>();
  /** How often credentials were read anew, and the reading under way. */
  #renewals = 0;
  #renewing: Promise<boolean> | undefined;

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  /** The answer's body, parsed. */
  async json(call: Call): Promise<unknown> {
    const bytes = await this.bytes(call);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ApiError(
        `${call.action}: ${this.#options.server} answered with something that is not JSON (${excerptOf(text)}); is the server's address right?`,
        { code: "MalformedResponse", cause },
      );
    }
  }

  /** The answer's body. */
  async bytes(call: Call): Promise<Uint8Array> {
    const deadline = this.#deadline(call);
    try {
      return await this.#withRetries(call, deadline, async (response) => {
        const bytes = await readBody(response.body, MAX_BODY_BYTES, call.action, call.onProgress);
        this.#options.metrics.received(call.verb, bytes.byteLength);
        return bytes;
      });
    } finally {
      deadline.dispose();
    }
  }

  /** An accepted answer whose body goes on: the deadline is for its headers, and leaving the body closes it. */
  async stream(call: Call): Promise<TransportResponse> {
    const deadline = this.#deadline(call);
    try {
      return await this.#withRetries(call, deadline, async (response) => {
        deadline.lift();
        return { ...response, body: this.#guarded(call, response.body, deadline) };
      });
    } catch (error) {
      deadline.dispose();
      throw error;
    }
  }

  /** Aborted by `close`. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Running calls reject. */
  async close(): Promise<void> {
    this.#closing.abort(new ApiError("the client was closed", { code: "ConnectionFailed" }));
    await this.#options.transport.close();
  }

  #deadline(call: Call): Deadline {
    const { clock, server } = this.#options;
    const { timeoutMs = this.#options.timeoutMs } = call;
    return new Deadline({
      clock,
      timeoutMs,
      signals: [...call.signals, this.#closing.signal],
      reason: () =>
        new ApiError(`${call.action}: no complete answer from ${server} within ${timeoutMs / 1000} s`, { code: "DeadlineExceeded" }),
    });
  }

  async #withRetries<R>(call: Call, deadline: Deadline, use: (response: TransportResponse) => Promise<R>): Promise<R> {
    const { backoff, clock, logger, metrics, spans } = this.#options;
    let hasRefreshed = false;
    for (let retries = 0; ;) {
      const attempt: Attempt = {
        renewals: this.#renewals,
        authorization: undefined,
        span: spans.start(call, hasRefreshed ? retries + 1 : retries),
      };
      const result = await (attempt.span === undefined
        ? this.#attempt(call, deadline, use, attempt)
        : this.#traced(attempt.span, call, deadline, use, attempt));
      if ("value" in result) return result.value;
      const { error, outcome } = result;
      if (outcome === undefined) throw error;
      const code = outcome.type === "answered" ? String(outcome.status) : "<error>";
      if (outcome.type === "answered" && outcome.status === 401 && !hasRefreshed) {
        hasRefreshed = true;
        if (await orAborted(this.#isRenewed(attempt), deadline.signal)) {
          metrics.retried(code, call.verb);
          logger.debug("credentials were refused, trying again with those of now", { action: call.action });
          continue;
        }
      }
      const delayMs = call.mayRetry === false ? undefined : retryDelayMs({ method: call.method, retries, outcome, backoff });
      // No use in waiting longer than there is time: the caller learns now, and when to come back.
      if (delayMs === undefined || delayMs >= deadline.remainingMs) throw error;
      retries += 1;
      metrics.retried(code, call.verb);
      logger.debug("request failed, trying again", { action: call.action, retry: retries, delayMs: Math.round(delayMs), error });
      await sleep(delayMs, { signal: deadline.signal, clock });
    }
  }

  /** `#attempt` in its span: until the answer has been read, or a stream has been accepted, since that may go on for hours. */
  async #traced<R>(
    span: Span,
    call: Call,
    deadline: Deadline,
    use: (response: TransportResponse) => Promise<R>,
    attempt: Attempt,
  ): Promise<Attempted<R>> {
    try {
      const result = await span.run(() => this.#attempt(call, deadline, use, attempt));
      if ("error" in result) span.fail(result.error);
      return result;
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  }

  async #attempt<R>(
    call: Call,
    deadline: Deadline,
    use: (response: TransportResponse) => Promise<R>,
    attempt: Attempt,
  ): Promise<Attempted<R>> {
    const { clock, metrics, server, credentials } = this.#options;
    const startedMs = clock.monotonicMs();
    let code = "<error>";
    try {
      const response = unpacked(await this.#send(call, deadline.signal, attempt));
      code = String(response.status);
      attempt.span?.set("http.response.status_code", response.status);
      call.onProgress?.();
      this.#warn(call, response.headers["warning"]);
      if (response.status < 300) return { value: await orAborted(use(response), deadline.signal) };
      const body = await orAborted(readStart(response.body, MAX_ERROR_BYTES), deadline.signal);
      const context = { call, server, credentials: credentials.source, nowMs: clock.now() };
      return {
        error: decodeError({ status: response.status, headers: response.headers, body }, context),
        outcome: { type: "answered", status: response.status, retryAfterMs: retryAfterMs(response.headers["retry-after"], clock.now()) },
      };
    } catch (cause) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      const isAnswer = isApiError(cause) && cause.code !== "ConnectionFailed";
      if (isAnswer || isConfigError(cause)) throw cause;
      return { error: this.#connectionError(call, cause), outcome: { type: "broken", ...faultOf(cause) } };
    } finally {
      metrics.attempted(code, call.method, call.verb, clock.monotonicMs() - startedMs);
    }
  }

  /**
   * Whether there are credentials now that the refused request did not have. Requests that are refused together read them anew once,
   * and one that comes late, with what others have replaced meanwhile, does not read them again.
   */
  async #isRenewed({ renewals, authorization }: Attempt): Promise<boolean> {
    if (this.#renewals !== renewals) return true;
    const { credentials } = this.#options;
    this.#renewing ??= credentials
      .refresh()
      .catch(() => false)
      .then((isNew) => {
        if (isNew) this.#renewals += 1;
        return isNew;
      })
      .finally(() => {
        this.#renewing = undefined;
      });
    if (await this.#renewing) return true;
    const now = await credentials.headers().catch(() => undefined);
    return now !== undefined && now["authorization"] !== authorization;
  }

  /** Holds to the deadline even if the transport does not; an answer that comes too late is given back. */
  async #send(call: Call, signal: AbortSignal, attempt: Attempt): Promise<TransportResponse> {
    const { transport } = this.#options;
    const answer = this.#request(call, signal, attempt).then(async (request) => await transport.request(request));
    try {
      return await orAborted(answer, signal);
    } catch (error) {
      if (signal.aborted) answer.then(async ({ body }) => await body[Symbol.asyncIterator]().return?.()).catch(() => {});
      throw error;
    }
  }

  async #request(call: Call, signal: AbortSignal, attempt: Attempt): Promise<Parameters<Transport["request"]>[0]> {
    const { credentials, userAgent, impersonate, compress } = this.#options;
    const asOther = impersonate === undefined ? undefined : impersonationHeaders(impersonate);
    const headers: Record<string, string> = {
      accept: call.accept ?? "application/json",
      "user-agent": userAgent,
      // The server packs what is larger than 128 KiB; a watch never.
      ...(compress && call.verb === "list" ? { "accept-encoding": "gzip" } : {}),
      ...asOther?.headers,
      ...(await credentials.headers()),
    };
    attempt.authorization = headers["authorization"];
    attempt.span?.inject(headers);
    signal.throwIfAborted();
    const { method, path } = call;
    const request = { method, path, headers, signal, ...(asOther === undefined ? {} : { repeatedHeaders: asOther.repeatedHeaders }) };
    if (call.body === undefined) return request;
    const body = call.body.bytes ?? Buffer.from(JSON.stringify(call.body.json));
    headers["content-type"] = call.body.contentType;
    headers["content-length"] = String(body.byteLength);
    this.#options.metrics.sent(call.verb, body.byteLength);
    return { ...request, body };
  }

  #connectionError(call: Call, cause: unknown): ApiError {
    if (isApiError(cause)) return cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return new ApiError(`${call.action}: no answer from ${this.#options.server}: ${why}`, { code: "ConnectionFailed", cause });
  }

  /** A body that fails with `ApiError`s, and gives the deadline's links back when it ends. */
  #guarded(call: Call, body: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncIterable<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    let bytes = 0;
    let isOver = false;
    const iterator: AsyncIterator<Uint8Array> = {
      next: async () => {
        try {
          const result = await orAborted(chunks.next(), deadline.signal);
          if (!result.done) {
            bytes += result.value.byteLength;
            return result;
          }
          if (!isOver && call.verb !== "watch") this.#options.metrics.received(call.verb, bytes);
          isOver = true;
          deadline.dispose();
          return result;
        } catch (cause) {
          const isOurs = deadline.signal.aborted;
          const reason: unknown = deadline.signal.reason;
          deadline.dispose();
          throw isOurs ? reason : this.#connectionError(call, cause);
        }
      },
      return: async () => {
        deadline.dispose();
        await chunks.return?.();
        return { done: true, value: undefined };
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  #warn(call: Call, header: string | undefined): void {
    for (const warning of parseWarnings(header)) {
      if (this.#warned.has(warning)) continue;
      if (this.#warned.size >= MAX_WARNINGS) this.#warned.clear();
      this.#warned.add(warning);
      this.#options.logger.warn(`the API server warns: ${warning}`, { action: call.action });
    }
  }
}

/** One sending of a call: who it said that it was, and its span. */
interface Attempt {
  readonly renewals: number;
  authorization: string | undefined;
  readonly span: Span | undefined;
}

type Attempted<R> = { readonly value: R } | { readonly error: unknown; readonly outcome?: AttemptOutcome };

function unpacked(response: TransportResponse): TransportResponse {
  return response.headers["content-encoding"] === "gzip" ? { ...response, body: gunzipped(response.body) } : response;
}

/** Our transports say what is known; of any other's failure it must be assumed that the request arrived. */
function faultOf(cause: unknown): { readonly wasSent: boolean; readonly isPermanent: boolean } {
  const { wasSent, isPermanent } = (cause ?? {}) as { wasSent?: unknown; isPermanent?: unknown };
  return { wasSent: wasSent !== false, isPermanent: isPermanent === true };
}

function isConfigError(error: unknown): boolean {
  return error instanceof Error && error.name === "ConfigError";
}
