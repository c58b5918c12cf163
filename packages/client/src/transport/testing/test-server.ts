import { createServer as createHttp1Server, type RequestListener, type Server as Http1Server } from "node:http";
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { testCa, testServerCertificate, testServerKey } from "./certificates.ts";

/** A server of a few lines for transport tests, closed with everything on it by `await using`. */
export interface TestServer extends AsyncDisposable {
  readonly url: URL;
  /** How many connections were ever made. */
  readonly connections: () => number;
}

export interface TestHttp2Server extends TestServer {
  readonly sessions: readonly ServerHttp2Session[];
}

export interface TestHttp2Options {
  readonly maxConcurrentStreams?: number;
  readonly requireClientCertificate?: boolean;
}

type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse, connection: number) => void;

/** HTTP/2 over TLS. The handler is told which connection, from 1, a request came on. */
export async function startHttp2Server(handle: Http2Handler, options: TestHttp2Options = {}): Promise<TestHttp2Server> {
  const sessions: ServerHttp2Session[] = [];
  const server = createSecureServer({
    key: testServerKey,
    cert: testServerCertificate,
    ...(options.requireClientCertificate ? { ca: testCa, requestCert: true, rejectUnauthorized: true } : {}),
    settings: options.maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams: options.maxConcurrentStreams },
  });
  server.on("session", (session) => {
    sessions.push(session);
    // Tests cut connections on purpose.
    session.on("error", () => {});
  });
  server.on("sessionError", () => {});
  server.on("request", (request, response) => {
    response.stream.on("error", () => {});
    const { session } = response.stream;
    handle(request, response, sessions.findIndex((candidate) => candidate === session) + 1);
  });
  return { ...(await listen(server, "https")), sessions };
}

/** HTTP/1.1, over TLS when asked. */
export async function startHttp1Server(handle: RequestListener, { tls = false }: { readonly tls?: boolean } = {}): Promise<TestServer> {
  const server = tls ? createHttpsServer({ key: testServerKey, cert: testServerCertificate }, handle) : createHttp1Server(handle);
  return await listen(server, tls ? "https" : "http");
}

async function listen(server: Http1Server | Http2SecureServer, scheme: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://127.0.0.1:${port}`),
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
