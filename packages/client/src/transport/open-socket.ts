import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock } from "@operatorkit/observe";
import type { TlsSettings } from "../config/cluster-config.ts";
import { connectionProblem } from "./connection-problem.ts";
import { TransportError } from "./transport-error.ts";

export interface OpenSocketOptions {
  readonly server: URL;
  readonly tls: () => Promise<TlsSettings>;
  /** What to offer in ALPN, best first. */
  readonly protocols: readonly string[];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A connected socket to the server, its certificate checked. Rejects with a `TransportError`, or a `ConfigError` for a missing file. */
export async function openSocket({ server, tls, protocols, timeoutMs, clock, signal }: OpenSocketOptions): Promise<Socket | TLSSocket> {
  const isSecure = server.protocol === "https:";
  const host = server.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(server.port || (isSecure ? 443 : 80));
  const settings = isSecure ? await tls() : undefined;
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const stopWaiting = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      stopWaiting();
      socket?.destroy();
      reject(signal.reason);
    };
    const fail = (cause: unknown): void => {
      stopWaiting();
      socket?.destroy();
      const { message, isPermanent } = connectionProblem(cause, server, { isHandshake: isSecure });
      reject(new TransportError(message, { wasSent: false, isPermanent, cause }));
    };
    let socket: Socket | TLSSocket | undefined;
    const timer = clock.setTimer(timeoutMs, () => {
      stopWaiting();
      socket?.destroy();
      const what = isSecure ? "TLS connection" : "connection";
      reject(
        new TransportError(`no ${what} to ${server.host} within ${timeoutMs / 1000} s; check the network, a VPN or a firewall`, {
          wasSent: false,
        }),
      );
    });
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      socket =
        settings === undefined
          ? connectTcp({ host, port })
          : connectTls({
              host,
              port,
              ALPNProtocols: [...protocols],
              ...settings,
              servername: settings.servername ?? (isIP(host) ? "" : host),
            });
    } catch (cause) {
      fail(cause);
      return;
    }
    const opened = socket;
    opened.once("error", fail);
    opened.once(isSecure ? "secureConnect" : "connect", () => {
      stopWaiting();
      opened.off("error", fail);
      // What happens between now and the first use must not be an uncaught exception; the user of the socket sees it closed.
      opened.on("error", () => {});
      opened.setNoDelay(true);
      opened.setKeepAlive(true, 30_000);
      resolve(opened);
    });
  });
}
