import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { STATUS_CODES } from "node:http";
import { createServer as createTlsServer, Server as TlsServer, TLSSocket } from "node:tls";
import type { Transport, TransportResponse } from "@operatorkit/api";
import { ask, type Exchange, verbOf, WirePlan } from "./exchange.ts";
import { secondCertificate, secondKey, wireCertificate, wireKey } from "./wire-certificates.ts";

/** A request over HTTP/1.1, whose answer's every byte is written by hand. */
export interface RawExchange extends Exchange {
  readonly socket: Socket;
  /** Breaks the connection without a word. */
  reset(): void;
  /** Writes bytes as they are; resolves when the other side can have read them apart from the next ones. */
  write(bytes: Buffer | string): Promise<void>;
}

/** An HTTP/1.1 server made of a bare socket, in front of an API server: what it sends, and in which pieces, is its caller's. */
export class RawFront implements AsyncDisposable {
  readonly plan: WirePlan<RawExchange> = new WirePlan();
  readonly #api: Transport;
  readonly #server: Server;
  /** As TCP sees them, under TLS too. */
  readonly #sockets = new Set<Socket>();
  readonly #isSecure: boolean;

  private constructor(api: Transport, isSecure: boolean) {
    this.#api = api;
    this.#isSecure = isSecure;
    const options = { cert: wireCertificate, key: wireKey, ALPNProtocols: ["http/1.1"] };
    this.#server = isSecure ? createTlsServer(options, (socket) => this.#accept(socket)) : createServer((socket) => this.#accept(socket));
    this.#server.on("tlsClientError", () => {});
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => void this.#sockets.delete(socket));
    });
  }

  /** `tls`: for clients that refuse to do without. @default false */
  static async start({ api, tls = false }: { readonly api: Transport; readonly tls?: boolean }): Promise<RawFront> {
    const front = new RawFront(api, tls);
    front.#server.listen(0, "127.0.0.1");
    await once(front.#server, "listening");
    return front;
  }

  get url(): string {
    return `${this.#isSecure ? "https" : "http"}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** New connections are shown a certificate by the second CA. */
  rotate(): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext({ cert: secondCertificate, key: secondKey });
  }

  /** Breaks every connection; returns how many there were. */
  cut(): number {
    const { size } = this.#sockets;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    const gone = new AbortController();
    socket.on("error", () => {});
    socket.on("close", () => gone.abort());
    let pending = "";
    let turn = Promise.resolve();
    socket.on("data", (bytes: Buffer) => {
      pending += bytes.toString("latin1");
      for (let end = pending.indexOf("\r\n\r\n"); end !== -1; end = pending.indexOf("\r\n\r\n")) {
        const [method = "", path = ""] = pending.slice(0, pending.indexOf("\r\n")).split(" ");
        pending = pending.slice(end + 4);
        const exchange = exchangeOn(socket, this.#api, { method, path, signal: gone.signal });
        turn = turn.then(() => this.plan.serve(exchange)).catch(() => void socket.destroy());
      }
    });
  }
}

function exchangeOn(
  socket: Socket,
  api: Transport,
  { method, path, signal }: { readonly method: string; readonly path: string; readonly signal: AbortSignal },
): RawExchange {
  const write = async (bytes: Buffer | string): Promise<void> => {
    if (!socket.writable) throw new Error("the other side has gone");
    socket.write(bytes);
    // Two turns: the bytes were read by then, so the next ones do not come with them.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const answer = (): Promise<TransportResponse> => ask(api, method, path, signal);
  return {
    method,
    path,
    verb: verbOf(path),
    signal,
    socket,
    reset: () => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy()),
    write,
    answer,
    async pass(writePiece = write) {
      const response = await answer();
      await writePiece(headOf(response));
      for await (const bytes of response.body) await writePiece(chunkOf(bytes));
      await writePiece(Buffer.from(LAST_CHUNK));
    },
  };
}

export const LAST_CHUNK = "0\r\n\r\n";

/** The status line and headers of an answer in chunks. */
export function headOf({ status, headers }: Pick<TransportResponse, "status" | "headers">): Buffer {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}`, "transfer-encoding: chunked"];
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "content-length" && name !== "transfer-encoding" && value !== undefined) lines.push(`${name}: ${value}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Bytes as one chunk. */
export function chunkOf(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
