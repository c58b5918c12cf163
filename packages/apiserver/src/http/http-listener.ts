import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { silentLogger, sleep, systemClock, type Clock, type Logger } from "@operatorkit/observe";
import { aPort, checkOptions } from "@operatorkit/observe/options";
import type { Handler, Peer } from "../handler.ts";
import { HttpExchange } from "./http-exchange.ts";
import { httpLimits, type HttpLimits } from "./http-limits.ts";
import { ListenError } from "./listen-error.ts";
import type { ListenerTls } from "./secure-server.ts";

export interface HttpListenerOptions {
  readonly handler: Handler;
  /** @default "127.0.0.1": nobody else's machine can reach it */
  readonly host?: string | undefined;
  /** 0 takes any free one. @default 0 */
  readonly port?: number | undefined;
  /** HTTPS with HTTP/2 and HTTP/1.1; plain HTTP/1.1 when left out. */
  readonly tls?: ListenerTls | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
}

export interface CloseOptions {
  /** How long running requests may take to finish; open watches end at once. @default 500 */
  readonly graceMs?: number;
  /** No goodbye: every connection breaks at once. @default false */
  readonly isAbrupt?: boolean;
}

/**
 * Turns HTTP requests on one port into calls of a `Handler`. Guarantees: bodies stream with back-pressure; a client that
 * goes away aborts its request's signal; every size, count and wait is bounded (`HttpLimits`); `close` frees the port
 * and leaves no socket or timer behind, whatever the clients do.
 */
export class HttpListener {
  readonly host: string;
  readonly port: number;
  /** `https://127.0.0.1:6443`, without a path. */
  readonly url: string;
  readonly #server: Server | Http2SecureServer;
  readonly #connections: Connections;
  readonly #clock: Clock;
  #closed: Promise<void> | undefined;

  private constructor(server: Server | Http2SecureServer, connections: Connections, host: string, clock: Clock, scheme: string) {
    this.#server = server;
    this.#connections = connections;
    this.#clock = clock;
    this.host = host;
    // A TCP server that listens has an address with a port.
    this.port = (server.address() as AddressInfo).port;
    this.url = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  /** Resolves when the port answers. Rejects with a `ListenError` (`PortInUse`, …), and with a `TypeError` for an option that cannot be. */
  static async listen(options: HttpListenerOptions): Promise<HttpListener> {
    checkOptions("HttpListener", options, { port: aPort });
    const { host = "127.0.0.1", port = 0, tls, logger = silentLogger, clock = systemClock, handler } = options;
    const limits = httpLimits(options.limits);
    const connections = new Connections(tls !== undefined);
    // HTTP/2 and TLS take time to load; plain HTTP does without.
    const server = tls === undefined ? plainServer(limits) : (await import("./secure-server.ts")).secureServer(limits, tls);
    connections.follow(server);
    server.on("request", (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
      const exchange = new HttpExchange({ request, response, handler, limits, clock, logger, peer: peerOf(request.socket) });
      connections.run(exchange, request.socket, request.httpVersionMajor >= 2);
    });
    server.on("tlsClientError", (error: Error) => logger.debug("a client's TLS handshake failed", { error }));
    server.on("sessionError", (error: Error) => logger.debug("a client's HTTP/2 session failed", { error }));
    await new Promise<void>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => reject(new ListenError(host, port, error));
      server.once("error", onError);
      server.listen({ port, host }, () => {
        server.off("error", onError);
        resolve();
      });
    });
    server.on("error", (error) => logger.error("the listener failed", { error }));
    return new HttpListener(server, connections, host, clock, tls === undefined ? "http" : "https");
  }

  /** Stops listening, ends open watches, lets other requests finish for `graceMs`, then cuts what is left. Resolves when the port is free. */
  close({ graceMs = 500, isAbrupt = false }: CloseOptions = {}): Promise<void> {
    this.#closed ??= isAbrupt ? this.#break() : this.#close(graceMs);
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #break(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#connections.destroy();
    await closed;
  }

  async #close(graceMs: number): Promise<void> {
    const done = new AbortController();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve())).then(() => done.abort());
    this.#connections.beginClosing();
    await sleep(graceMs, { signal: done.signal, clock: this.#clock }).catch(() => {});
    this.#connections.destroy();
    await closed;
  }
}

/** Who is connected and what runs on each connection: Node's own bookkeeping leaves out HTTP/1.1 over TLS. */
class Connections {
  readonly #isSecure: boolean;
  /** Connections that can carry requests; with TLS, those whose handshake is done. */
  readonly #sockets = new Set<Socket>();
  /** With TLS, the plain sockets below. */
  readonly #wires = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #exchanges = new Set<HttpExchange>();
  /** How many requests each HTTP/1.1 connection is answering. */
  readonly #busy = new Map<Socket, number>();
  #closing = false;

  constructor(isSecure: boolean) {
    this.#isSecure = isSecure;
  }

  follow(server: Server | Http2SecureServer): void {
    server.on("connection", (socket: Socket) => this.#add(this.#isSecure ? this.#wires : this.#sockets, socket));
    server.on("secureConnection", (socket: Socket) => this.#add(this.#sockets, socket));
    server.on("session", (session: ServerHttp2Session) => {
      this.#add(this.#sessions, session);
      if (this.#closing) session.close();
    });
  }

  run(exchange: HttpExchange, socket: Socket, isHttp2: boolean): void {
    this.#exchanges.add(exchange);
    if (!isHttp2) this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
    if (this.#closing) exchange.beginClosing();
    void exchange.run().finally(() => {
      this.#exchanges.delete(exchange);
      if (isHttp2) return;
      const left = (this.#busy.get(socket) ?? 1) - 1;
      if (left > 0) {
        this.#busy.set(socket, left);
        return;
      }
      this.#busy.delete(socket);
      if (this.#closing) socket.destroySoon();
    });
  }

  /** Says goodbye to idle connections (GOAWAY on HTTP/2) and to open watches. */
  beginClosing(): void {
    this.#closing = true;
    for (const exchange of this.#exchanges) exchange.beginClosing();
    for (const session of this.#sessions) session.close();
    for (const socket of this.#sockets) {
      const isHttp2 = "alpnProtocol" in socket && socket.alpnProtocol === "h2";
      if (!isHttp2 && !this.#busy.has(socket)) socket.destroy();
    }
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
    for (const socket of [...this.#sockets, ...this.#wires]) socket.destroy();
  }

  #add<T extends Socket | ServerHttp2Session>(set: Set<T>, connection: T): void {
    set.add(connection);
    connection.once("close", () => set.delete(connection));
  }
}

function plainServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.headersTimeoutMs + limits.bodyTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    noDelay: true,
  });
  server.maxHeadersCount = limits.maxHeaders;
  return server;
}

function peerOf(socket: Socket | TLSSocket): Peer {
  const address = socket.remoteAddress;
  const base: Peer = address === undefined ? {} : { address };
  if (!("authorized" in socket) || !socket.authorized) return base;
  const subject = socket.getPeerCertificate()?.subject;
  if (subject?.CN === undefined) return base;
  const organizations: unknown = subject.O;
  return {
    ...base,
    certificate: { commonName: String(subject.CN), organizations: organizations === undefined ? [] : [organizations].flat().map(String) },
  };
}
