import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { WebSocketServer, type WebSocket } from "ws";
import { expect } from "vitest";
import { connect, type ConnectOptions } from "../../connect.ts";
import type { KubernetesClient } from "../../kubernetes-client.ts";
import { testCa, testServerCertificate, testServerKey } from "../../transport/testing/certificates.ts";

/** The pod that tests are about. */
export const pod: { readonly name: string; readonly namespace: string } = { name: "a", namespace: "x" };

/** A client of a server of pods. */
export async function clientOf({ url }: Pick<PodServer, "url">, options: ConnectOptions = {}): Promise<KubernetesClient> {
  return await connect({ server: url, caPem: testCa, token: "secret", ...options });
}

/** Resolves when a count that has begun to rise did not rise for a while. */
export async function untilAtRest(count: () => number): Promise<void> {
  let before = -1;
  const isAtRest = (): boolean => {
    const now = count();
    const isSame = now > 0 && now === before;
    before = now;
    return isSame;
  };
  await expect.poll(isAtRest, { interval: 200 }).toBe(true);
}

/** What a request to a pod looked like to the server. */
export interface SeenPodRequest {
  readonly url: string;
  readonly token: string | undefined;
  readonly traceparent?: string | undefined;
  /** The common name of the client's certificate. */
  readonly certificate: string | undefined;
  readonly serverName: string | undefined;
}

export interface PodServerOptions {
  /** The subprotocol it takes. Without one of it in the offer, there is none. @default "v5.channel.k8s.io" */
  readonly protocol?: string;
  /** Instead of a WebSocket: a status, and a body. */
  readonly refuse?: (request: IncomingMessage, isUpgrade: boolean) => { readonly status: number; readonly body: unknown } | undefined;
  readonly onSocket?: (socket: WebSocket, request: IncomingMessage) => void;
}

/** A server of exec and port-forward, as kube-apiserver speaks them: TLS, HTTP/1.1, WebSockets with channels. */
export interface PodServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenPodRequest[];
  readonly openSockets: () => number;
}

export async function startPodServer({ protocol = "v5.channel.k8s.io", refuse, onSocket }: PodServerOptions): Promise<PodServer> {
  const seen: SeenPodRequest[] = [];
  const sockets = new Set<Socket>();
  const see = (request: IncomingMessage): void => {
    const socket = request.socket as TLSSocket;
    const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined;
    const serverName = socket.servername as unknown;
    seen.push({
      url: request.url ?? "",
      token: request.headers.authorization,
      traceparent: request.headers["traceparent"] as string | undefined,
      certificate: subject?.CN,
      serverName: typeof serverName === "string" ? serverName : undefined,
    });
  };
  const server = createServer(
    { key: testServerKey, cert: testServerCertificate, ca: testCa, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { status, body } = refuse?.(request, false) ?? {
        status: 400,
        body: { kind: "Status", status: "Failure", message: "Upgrade request required", reason: "BadRequest", code: 400 },
      };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    },
  );
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has(protocol) ? protocol : false) });
  server.on("upgrade", (request, socket, head) => {
    see(request);
    const refusal = refuse?.(request, true);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on("error", () => {});
      onSocket?.(opened, request);
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    openSockets: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      webSockets.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A frame as the server sends it. */
export function frameOf(channel: number, data: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(data)]);
}

/** The status that ends a command. */
export function exitStatus(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(exitCode) }] },
  };
}

/**
 * A shell of three words for `onSocket`: it reads its stdin to the end (v5) and says it again on stdout, `error` on stderr,
 * and ends with the exit code that the query's last `command` gives, or 0.
 */
export function shell(socket: WebSocket, request: IncomingMessage): void {
  const query = new URL(request.url ?? "", "https://a").searchParams;
  const exitCode = Number(query.getAll("command").at(-1) ?? 0);
  const end = (): void => {
    if (query.get("stderr") === "true") socket.send(frameOf(2, "error"));
    socket.send(frameOf(3, JSON.stringify(exitStatus(exitCode))));
    socket.close();
  };
  socket.send(frameOf(1, "hello "));
  if (query.get("stdin") !== "true") {
    end();
    return;
  }
  socket.on("message", (message) => {
    const data = message as Buffer;
    if (data[0] === 0) socket.send(frameOf(1, data.subarray(1)));
    if (data[0] === 255) end();
  });
}

/** Says what it hears, in upper case, on the one forwarded port; each channel begins with the port's number. */
export function echoPort(socket: WebSocket, request: IncomingMessage): void {
  const port = Buffer.alloc(2);
  port.writeUInt16LE(Number(new URL(request.url ?? "", "https://a").searchParams.get("ports")));
  socket.send(frameOf(0, port));
  socket.send(frameOf(1, port));
  socket.on("message", (message) => {
    const data = message as Buffer;
    if (data[0] !== 0) return;
    socket.send(frameOf(0, data.subarray(1).toString().toUpperCase()));
    if (data.includes("bye")) socket.close();
  });
}
