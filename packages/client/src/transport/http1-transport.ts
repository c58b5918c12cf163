import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Dispatcher } from "undici";
import { connectionProblem } from "./connection-problem.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { TransportError } from "./transport-error.ts";

export interface Http1TransportOptions {
  readonly server: URL;
  /** Opens a connection to the server. The signal is aborted by `close`. */
  readonly open: (signal: AbortSignal) => Promise<Socket | TLSSocket>;
}

/**
 * HTTP/1.1 by undici, imported at the first request: keep-alive, a connection per running request. For plain http and
 * for servers without HTTP/2. Idle connections do not keep the process alive.
 */
export class Http1Transport implements Transport {
  readonly #options: Http1TransportOptions;
  #dispatcher: Promise<Dispatcher> | undefined;
  readonly #retired = new Set<Dispatcher>();
  readonly #closing = new AbortController();

  constructor(options: Http1TransportOptions) {
    this.#options = options;
  }

  async request({ method, path, headers, repeatedHeaders, body, signal }: TransportRequest): Promise<TransportResponse> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) throw new TransportError("the client is closed", { wasSent: false, isPermanent: true });
    this.#dispatcher ??= this.#create();
    const dispatcher = await this.#dispatcher.catch((error: unknown) => {
      this.#dispatcher = undefined;
      throw error;
    });
    signal?.throwIfAborted();
    const exchange = new Http1Exchange({ signal, problem: (cause) => this.#problem(cause) });
    try {
      dispatcher.dispatch(
        {
          origin: this.#options.server.origin,
          method,
          path,
          headers: repeatedHeaders === undefined ? headers : { ...headers, ...mutable(repeatedHeaders) },
          ...(body === undefined ? {} : { body }),
        },
        exchange,
      );
    } catch (cause) {
      exchange.fail(cause);
    }
    return await exchange.answer;
  }

  /** New requests go to new connections; those that run, run on. */
  retire(): void {
    const old = this.#dispatcher;
    this.#dispatcher = undefined;
    old
      ?.then(async (dispatcher) => {
        this.#retired.add(dispatcher);
        await dispatcher.close().finally(() => this.#retired.delete(dispatcher));
      })
      .catch(() => {});
  }

  async close(): Promise<void> {
    const why = new TransportError("the client was closed", { wasSent: true, isPermanent: true });
    this.#closing.abort(why);
    const dispatcher = await this.#dispatcher?.catch(() => undefined);
    await Promise.all([...this.#retired, ...(dispatcher === undefined ? [] : [dispatcher])].map((each) => each.destroy(why)));
  }

  async #create(): Promise<Dispatcher> {
    const { Agent } = await import("undici");
    return new Agent({
      // The client has its own deadlines, which follow its clock; a watch may be silent for longer than any default.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      allowH2: false,
      connect: (_options, callback) => void this.#connect(callback),
    });
  }

  async #connect(callback: (...result: [null, Socket | TLSSocket] | [Error, null]) => void): Promise<void> {
    let socket: Socket | TLSSocket;
    try {
      socket = await this.#options.open(this.#closing.signal);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    callback(null, socket);
  }

  #problem(cause: unknown): Error {
    if (cause instanceof TransportError || (cause instanceof Error && cause.name === "ConfigError")) return cause;
    const { message, isPermanent } = connectionProblem(cause, this.#options.server);
    const syscall = (cause as { syscall?: unknown }).syscall;
    const wasSent = !isPermanent && syscall !== "connect" && syscall !== "getaddrinfo";
    return new TransportError(message, { wasSent, isPermanent, cause });
  }
}

function mutable(headers: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
}
