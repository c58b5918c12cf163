import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";
import { systemClock, type Clock } from "@operatorkit/observe";
import { aFunction, aString, checkOptions, must, required } from "@operatorkit/observe/options";
import type { TlsSettings } from "../config/cluster-config.ts";
import { connectionLimits, LIMIT_RULES, type ConnectionLimits } from "./connection-limits.ts";
import type { Http1Transport } from "./http1-transport.ts";
import type { Http2Transport } from "./http2-transport.ts";
import { proxyUrlOf } from "./proxy-url.ts";
import { TransportError } from "./transport-error.ts";

export interface SocketTransportOptions extends ConnectionLimits {
  readonly server: URL;
  readonly tls: () => Promise<TlsSettings>;
  /** An `http://`, `https://` or `socks5://` proxy, with user name and password if it wants them. */
  readonly proxyUrl?: string | undefined;
  readonly clock?: Clock;
}

/**
 * Requests over the network: HTTP/2 if the server takes it (ALPN), else HTTP/1.1; HTTP/1.1 for plain http. A proxy makes no
 * difference: what it gives is a tunnel, through which the server's certificate is checked. Nothing is opened, nor either protocol's code loaded, before the first request.
 */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #limits: Required<ConnectionLimits>;
  readonly #clock: Clock;
  readonly #proxy: URL | undefined;
  readonly #basePath: string;
  #protocol: "h2" | "http/1.1";
  #http2: Promise<Http2Transport> | undefined;
  #http1: Promise<Http1Transport> | undefined;
  #isClosed = false;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(options: SocketTransportOptions) {
    const server = required(must("be a URL", (value) => value instanceof URL));
    checkOptions("SocketTransport", options, { ...LIMIT_RULES, server, tls: required(aFunction), proxyUrl: aString });
    this.#options = options;
    this.#limits = connectionLimits(options);
    this.#clock = options.clock ?? systemClock;
    this.#proxy = options.proxyUrl === undefined ? undefined : proxyUrlOf(options.proxyUrl);
    this.#basePath = options.server.pathname.replace(/\/+$/, "");
    this.#protocol = options.server.protocol === "https:" ? "h2" : "http/1.1";
  }

  /** What is spoken, or will be tried first. */
  get protocol(): "h2" | "http/1.1" {
    return this.#protocol;
  }

  async request(given: TransportRequest): Promise<TransportResponse> {
    if (this.#isClosed) throw new TransportError("the client is closed", { wasSent: false, isPermanent: true });
    const request = this.#basePath === "" ? given : { ...given, path: this.#basePath + given.path };
    if (this.#protocol === "h2") {
      try {
        this.#http2 ??= this.#loadHttp2();
        return await (await this.#http2).request(request);
      } catch (error) {
        if (!(error instanceof NoHttp2)) throw error;
        this.#protocol = "http/1.1";
      }
    }
    this.#http1 ??= this.#loadHttp1();
    return await (await this.#http1).request(request);
  }

  /** New requests go to new connections, which show the certificate of now; those that run, run on. */
  async retire(): Promise<void> {
    const [http2, http1] = await Promise.all([this.#http2, this.#http1]);
    http2?.retire();
    http1?.retire();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const [http2, http1] = await Promise.all([this.#http2, this.#http1]);
    await Promise.all([http2?.close(), http1?.close()]);
  }

  async #loadHttp2(): Promise<Http2Transport> {
    const { Http2Transport } = await import("./http2-transport.ts");
    const { connectTimeoutMs, ...pings } = this.#limits;
    return new Http2Transport({
      server: this.#options.server,
      clock: this.#clock,
      ...pings,
      settingsTimeoutMs: connectTimeoutMs,
      open: async (signal) => {
        const socket = await this.#open(["h2", "http/1.1"], signal);
        if ((socket as TLSSocket).alpnProtocol === "h2") return socket;
        socket.destroy();
        throw new NoHttp2();
      },
    });
  }

  async #loadHttp1(): Promise<Http1Transport> {
    const { Http1Transport } = await import("./http1-transport.ts");
    return new Http1Transport({ server: this.#options.server, open: (signal) => this.#open(["http/1.1"], signal) });
  }

  async #open(protocols: readonly string[], signal: AbortSignal): Promise<Socket | TLSSocket> {
    const { openSocket } = await import("./open-socket.ts");
    const { server, tls } = this.#options;
    const { connectTimeoutMs: timeoutMs } = this.#limits;
    return await openSocket({ server, tls, proxy: this.#proxy, protocols, timeoutMs, clock: this.#clock, signal });
  }
}

/** The server chose another protocol; caught here, never seen outside. */
class NoHttp2 extends TransportError {
  constructor() {
    super("the server does not speak HTTP/2", { wasSent: false, isPermanent: true });
  }
}
