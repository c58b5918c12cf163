import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { Duplex } from "node:stream";
import type { TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Clock, Timer } from "@operatorkit/observe";
import { connectionProblem } from "./connection-problem.ts";
import { Http2Body } from "./http2-body.ts";
import { plainHeaders } from "./plain-headers.ts";
import { TransportError } from "./transport-error.ts";

export interface Http2ConnectionOptions {
  readonly socket: Duplex;
  readonly server: URL;
  readonly clock: Clock;
  /** With a request running and nothing heard for this long, the server is pinged. */
  readonly pingIntervalMs: number;
  /** A ping not answered within this ends the connection; within twice this where this process stood still meanwhile. */
  readonly pingTimeoutMs: number;
  readonly settingsTimeoutMs: number;
  /** Ends the set-up; later the connection is ended by `close`. */
  readonly signal: AbortSignal;
  /** Told when a request has ended, and when the connection has: there may be room now, or need for another connection. */
  readonly onChange: () => void;
}

/** Room for large list pages on a line with latency; what a reader that stands still can make us hold, per stream. */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
/** A timer that fires this much too late says that the event loop stood still, not that the server was silent. */
const STALL_MS = 1_000;
/** One stream that stands still must not stop the others: the same figure as golang.org/x/net/http2's transport. */
const CONNECTION_WINDOW_BYTES = 2 ** 30;

/**
 * One HTTP/2 connection. It says whether it has room for another request, finds out by pings whether the other side is
 * still there while requests run, and takes no more requests once the server has sent GOAWAY.
 *
 * The process is kept alive by running requests only, never by an idle connection; an answer to a ping that is still due is
 * waited for, at most `pingTimeoutMs`.
 */
export class Http2Connection {
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  readonly #pingIntervalMs: number;
  readonly #pingTimeoutMs: number;
  readonly #onChange: () => void;
  #openStreams = 0;
  #maxStreams: number;
  /** Streams above it were not processed; undefined until the server sent GOAWAY. */
  #lastStreamId: number | undefined;
  #isRetired = false;
  #problem: TransportError | undefined;
  #lastHeardMs: number;
  #pingTimer: Timer | undefined;
  /** Runs while the answer to a ping is due. Only the answer, or the end of the connection, ends it: see `#ping`. */
  #pongTimer: Timer | undefined;

  /** Waits for the server's SETTINGS, which proves that it speaks HTTP/2 and says how many requests may run at once. */
  static async open(options: Http2ConnectionOptions): Promise<Http2Connection> {
    const session = connect(options.server.origin, {
      createConnection: () => options.socket,
      // Node's default of 10 MB would refuse new requests while a few large lists are under way.
      maxSessionMemory: 1024,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    // An error heard of once is told again, by the session or by the socket, when nobody waits for it any more.
    session.on("error", () => {});
    options.socket.on("error", () => {});
    try {
      await greeting(session, options);
    } catch (error) {
      session.destroy();
      options.socket.destroy();
      throw error;
    }
    return new Http2Connection(session, options);
  }

  private constructor(
    session: ClientHttp2Session,
    { socket, server, clock, pingIntervalMs, pingTimeoutMs, onChange }: Http2ConnectionOptions,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#pingIntervalMs = pingIntervalMs;
    this.#pingTimeoutMs = pingTimeoutMs;
    this.#onChange = onChange;
    this.#lastHeardMs = clock.monotonicMs();
    this.#maxStreams = session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on("remoteSettings", (settings) => {
      this.#maxStreams = settings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
      onChange();
    });
    session.on("goaway", (_code: number, lastStreamId: number) => {
      this.#lastStreamId = lastStreamId;
    });
    session.on("error", (cause) => {
      this.#problem ??= new TransportError(`the HTTP/2 connection broke: ${messageOf(cause)}`, { wasSent: true, cause });
    });
    session.on("close", () => {
      this.#pingTimer?.cancel();
      this.#pongTimer?.cancel();
      onChange();
    });
    // Nor does Node's session always notice a socket that is gone.
    socket.on("error", (cause) => {
      this.#problem ??= new TransportError(connectionProblem(cause, server).message, { wasSent: true, cause });
      session.destroy();
      socket.destroy();
    });
    socket.on("close", () => {
      session.destroy();
      onChange();
    });
    session.unref();
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#session.closed && !this.#session.destroyed && this.#lastStreamId === undefined;
  }

  /** Over: no request runs on it any more. A connection that got GOAWAY is not usable, but its requests run on. */
  get isClosed(): boolean {
    return this.#session.destroyed;
  }

  get hasRoom(): boolean {
    return this.isUsable && this.#openStreams < this.#maxStreams;
  }

  get isIdle(): boolean {
    return this.#openStreams === 0;
  }

  /** Sends a request. Rejects with the signal's reason, or a `TransportError`. */
  request({ method, path, headers, repeatedHeaders, body, signal }: TransportRequest): Promise<TransportResponse> {
    let stream: ClientHttp2Stream;
    try {
      const all: OutgoingHttpHeaders = { ...headers };
      for (const [name, values] of Object.entries(repeatedHeaders ?? {})) all[name] = [...values];
      stream = this.#session.request({ ...all, ":method": method, ":path": path }, { endStream: body === undefined });
    } catch (cause) {
      return Promise.reject(
        new TransportError(`the HTTP/2 connection takes no more requests: ${messageOf(cause)}`, { wasSent: false, cause }),
      );
    }
    this.#streamOpened();
    if (body !== undefined) stream.end(body);
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        stream.close(constants.NGHTTP2_CANCEL);
        stream.destroy();
      };
      const onAbort = (): void => {
        reject(signal?.reason);
        cancel();
      };
      let isAnswered = false;
      let failure: unknown;
      stream.on("error", (cause) => {
        failure = cause;
      });
      stream.once("close", () => {
        signal?.removeEventListener("abort", onAbort);
        this.#streamClosed();
        // An error costs as much as a quarter of a request: its stack is written down.
        if (!isAnswered) reject(this.#noAnswer(stream, failure));
      });
      stream.once("response", (received) => {
        this.#lastHeardMs = this.#clock.monotonicMs();
        isAnswered = true;
        resolve({
          status: received[":status"] ?? 0,
          headers: plainHeaders(received),
          body: new Http2Body({
            stream,
            signal,
            cancel,
            expectedBytes: method === "HEAD" ? undefined : contentLength(received),
            onBytes: () => {
              this.#lastHeardMs = this.#clock.monotonicMs();
            },
            problem: () => this.#problem,
          }),
        });
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Takes no more requests; ends when those that run have ended. */
  retire(): void {
    this.#isRetired = true;
    if (this.isIdle) this.close(new TransportError("the connection is no longer needed", { wasSent: false }));
  }

  /** Ends the connection at once; running requests reject. */
  close(why: TransportError): void {
    this.#problem ??= why;
    this.#session.destroy();
  }

  #noAnswer(stream: ClientHttp2Stream, cause: unknown): TransportError {
    const id = stream.id;
    const wasRefused =
      id === undefined ||
      stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ||
      (this.#lastStreamId !== undefined && id > this.#lastStreamId);
    if (wasRefused) {
      return new TransportError(this.#problem?.message ?? "the server closed the connection before it took the request", {
        wasSent: false,
        cause,
      });
    }
    if (this.#problem !== undefined) return this.#problem;
    const code = stream.rstCode ?? 0;
    return new TransportError(`the server ended the request without an answer (HTTP/2 error ${code})`, { wasSent: true, cause });
  }

  #streamOpened(): void {
    this.#openStreams += 1;
    if (this.#openStreams > 1) return;
    this.#session.ref();
    // A connection that was silent for long may be dead without anyone having said so: ask along with the request.
    if (this.#silentForMs() >= this.#pingIntervalMs) this.#ping();
    else this.#pingLater();
  }

  #streamClosed(): void {
    this.#openStreams -= 1;
    if (this.#openStreams === 0) {
      this.#pingTimer?.cancel();
      if (this.#isRetired) this.retire();
      else if (!this.#session.destroyed) this.#session.unref();
    }
    this.#onChange();
  }

  #silentForMs(): number {
    return this.#clock.monotonicMs() - this.#lastHeardMs;
  }

  #pingLater(): void {
    if (this.#openStreams === 0) return;
    this.#pingTimer?.cancel();
    this.#pingTimer = this.#clock.setTimer(Math.max(1, this.#pingIntervalMs - this.#silentForMs()), () => {
      if (this.#silentForMs() >= this.#pingIntervalMs) this.#ping();
      else this.#pingLater();
    });
  }

  /**
   * One ping at a time, whose deadline outlives the requests: were it lifted when the last request ends and set anew by the
   * next, requests that each end sooner than `pingTimeoutMs` would keep a dead connection for ever.
   */
  #ping(): void {
    if (this.#session.destroyed || this.#pongTimer !== undefined) return;
    const sentAtMs = this.#clock.monotonicMs();
    this.#session.ping((error) => {
      if (error !== null || this.#session.destroyed) return;
      this.#lastHeardMs = this.#clock.monotonicMs();
      this.#pongTimer?.cancel();
      this.#pongTimer = undefined;
      this.#pingLater();
    });
    this.#awaitPong(sentAtMs);
  }

  #awaitPong(sentAtMs: number, { isSecondTime = false } = {}): void {
    const dueMs = this.#clock.monotonicMs() + this.#pingTimeoutMs;
    this.#pongTimer = this.#clock.setTimer(this.#pingTimeoutMs, () => {
      this.#pongTimer = undefined;
      // Bytes of a slow, large answer may hold the pong up; they prove as much.
      if (this.#lastHeardMs > sentAtMs) this.#pingLater();
      // The pong may be in the socket, or the ping not yet out of this process.
      else if (!isSecondTime && this.#clock.monotonicMs() - dueMs > STALL_MS) this.#awaitPong(sentAtMs, { isSecondTime: true });
      else this.close(new TransportError(`the server did not answer a ping within ${this.#pingTimeoutMs / 1000} s`, { wasSent: true }));
    });
  }
}

/** Resolves with the server's SETTINGS; leaves no listener behind. */
function greeting(
  session: ClientHttp2Session,
  { socket, server, clock, signal, settingsTimeoutMs }: Http2ConnectionOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
      session.off("error", onError);
      session.off("close", onClose);
      session.off("remoteSettings", onSettings);
      socket.off("error", onError);
      socket.off("close", onClose);
      then();
    };
    const fail = (message: string, options: { isPermanent?: boolean; cause?: unknown } = {}): void =>
      settle(() => reject(new TransportError(message, { wasSent: false, ...options })));
    const timer = clock.setTimer(settingsTimeoutMs, () => fail(`no HTTP/2 greeting within ${settingsTimeoutMs / 1000} s`));
    const onAbort = (): void => settle(() => reject(signal.reason));
    const onClose = (): void => fail("the server closed the HTTP/2 connection while it was set up");
    const onSettings = (): void => settle(resolve);
    const onError = (cause: unknown): void => {
      const { message, isPermanent } = connectionProblem(cause, server, { isHandshake: true });
      fail(message, { isPermanent, cause });
    };
    signal.addEventListener("abort", onAbort, { once: true });
    session.once("error", onError);
    session.once("close", onClose);
    session.once("remoteSettings", onSettings);
    // Node's session does not hear of a TLS alert, such as the server's refusal of a client certificate.
    socket.once("error", onError);
    socket.once("close", onClose);
  });
}

function contentLength(headers: IncomingHttpHeaders): number | undefined {
  const length = headers["content-length"];
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
