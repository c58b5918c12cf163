import { isIP, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "@operatorkit/observe";
import type { TlsSettings } from "../config/cluster-config.ts";
import { Deadline } from "../request/deadline.ts";
import { connectSocket } from "./connect-socket.ts";
import { connectionProblem } from "./connection-problem.ts";
import { TransportError } from "./transport-error.ts";

export interface OpenSocketOptions {
  readonly server: URL;
  readonly tls: () => Promise<TlsSettings>;
  /** Where to go through, if anywhere. */
  readonly proxy?: URL | undefined;
  /** What to offer in ALPN, best first. */
  readonly protocols: readonly string[];
  /** For everything together. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A connected socket to the server, its certificate checked. Rejects with a `TransportError`, or a `ConfigError` for a missing file. */
export async function openSocket(options: OpenSocketOptions): Promise<Socket | TLSSocket> {
  const { server, tls, proxy, protocols, timeoutMs, clock, signal: given } = options;
  const isSecure = server.protocol === "https:";
  const host = server.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(server.port || (isSecure ? 443 : 80));
  const settings = isSecure ? await tls() : undefined;
  given.throwIfAborted();
  const what = `${isSecure ? "TLS connection" : "connection"} to ${server.host}`;
  const reason = (): TransportError =>
    new TransportError(`no ${what} within ${timeoutMs / 1000} s; check the network, a VPN or a firewall`, { wasSent: false });
  const deadline = new Deadline({ clock, timeoutMs, signals: [given], reason });
  try {
    const { signal } = deadline;
    const caPem = settings?.ca;
    const socket = proxy && (await (await import("./open-tunnel.ts")).openTunnel({ proxy, host, port, caPem, signal }));
    const explain = (cause: unknown): TransportError => {
      const { message, isPermanent } = connectionProblem(cause, server, { isHandshake: isSecure });
      return new TransportError(message, { wasSent: false, isPermanent, cause });
    };
    const secure = settings && { ALPNProtocols: [...protocols], ...settings, servername: settings.servername ?? (isIP(host) ? "" : host) };
    return await connectSocket({ host, port, tls: secure, socket, signal, explain });
  } finally {
    deadline.dispose();
  }
}
