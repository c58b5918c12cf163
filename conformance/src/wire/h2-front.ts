import { once } from "node:events";
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Transport, TransportResponse } from "@operatorkit/api";
import { ask, type Exchange, verbOf, WirePlan } from "./exchange.ts";
import { secondCertificate, secondKey, wireCertificate, wireKey } from "./wire-certificates.ts";

/** A request over HTTP/2. */
export interface H2Exchange extends Exchange {
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  write(bytes: Buffer): Promise<void>;
}

/** An HTTP/2 server in front of an API server, whose streams and connections its caller resets as it likes. */
export class H2Front implements AsyncDisposable {
  readonly plan: WirePlan<H2Exchange> = new WirePlan();
  readonly #server: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(api: Transport) {
    this.#server = createSecureServer({ cert: wireCertificate, key: wireKey, allowHTTP1: false });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("error", () => {});
      session.on("close", () => void this.#sessions.delete(session));
    });
    this.#server.on("sessionError", () => {});
    this.#server.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      const method = String(headers[constants.HTTP2_HEADER_METHOD]);
      const path = String(headers[constants.HTTP2_HEADER_PATH]);
      this.plan.serve(exchangeOn(stream, api, method, path)).catch(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    });
  }

  static async start({ api }: { readonly api: Transport }): Promise<H2Front> {
    const front = new H2Front(api);
    front.#server.listen(0, "127.0.0.1");
    await once(front.#server, "listening");
    return front;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  /** New connections are shown a certificate by the second CA. */
  rotate(): void {
    this.#server.setSecureContext({ cert: secondCertificate, key: secondKey });
  }

  /** Breaks every connection; returns how many there were. */
  cut(): number {
    const { size } = this.#sessions;
    for (const session of this.#sessions) session.destroy();
    return size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function exchangeOn(stream: ServerHttp2Stream, api: Transport, method: string, path: string): H2Exchange {
  const gone = new AbortController();
  stream.on("close", () => gone.abort());
  const answer = (): Promise<TransportResponse> => ask(api, method, path, gone.signal);
  const write = async (bytes: Buffer): Promise<void> => {
    if (stream.destroyed) throw new Error("the other side has gone");
    stream.write(bytes);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    method,
    path,
    verb: verbOf(path),
    signal: gone.signal,
    stream,
    get session(): ServerHttp2Session {
      if (stream.session === undefined) throw new Error("the stream's connection is gone");
      return stream.session as ServerHttp2Session;
    },
    answer,
    write,
    async pass(writePiece = write) {
      const { status, headers, body } = await answer();
      stream.respond({ ":status": status, ...(headers["content-type"] !== undefined && { "content-type": headers["content-type"] }) });
      for await (const bytes of body) await writePiece(Buffer.from(bytes));
      stream.end();
    },
  };
}
