import { request } from "node:http";
import { isIP, type Socket } from "node:net";
import { getCACertificates } from "node:tls";
import { connectSocket } from "./connect-socket.ts";
import { proxyAddress, shownProxy } from "./proxy-url.ts";
import { TransportError } from "./transport-error.ts";

export interface OpenTunnelOptions {
  readonly proxy: URL;
  /** Where the tunnel is to lead: looked up by the proxy, not here. */
  readonly host: string;
  readonly port: number;
  /** A CA that may have signed the certificate of an `https://` proxy, beside those that Node trusts. */
  readonly caPem?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * A connection through a proxy: by CONNECT (RFC 9110 9.3.6) for `http://` and `https://`, by SOCKS 5 (RFC 1928) for `socks5://`.
 * User name and password of the proxy's URL are sent. Rejects with a `TransportError`: nothing reached the server.
 */
export async function openTunnel(options: OpenTunnelOptions): Promise<Socket> {
  const { proxy, caPem, signal } = options;
  const { host, port } = proxyAddress(proxy);
  const explain = (cause: unknown): TransportError =>
    failed(`no connection to the proxy ${shownProxy(proxy)}: ${messageOf(cause)}; is it running, and is its address right?`, cause);
  const tls =
    proxy.protocol === "https:"
      ? { ca: [...getCACertificates("default"), ...(caPem === undefined ? [] : [caPem])], servername: isIP(host) ? "" : host }
      : undefined;
  const socket = await connectSocket({ host, port, tls, signal, explain });
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await (proxy.protocol.startsWith("socks") ? throughSocks(socket, options) : throughHttp(socket, options));
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function throughHttp(socket: Socket, { proxy, host, port }: OpenTunnelOptions): Promise<Socket> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const { username, password } = credentialsOf(proxy);
  const authorization =
    username === undefined ? {} : { "proxy-authorization": `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  return new Promise((resolve, reject) => {
    const asking = request({
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...authorization },
      createConnection: () => socket,
    });
    asking.once("connect", ({ statusCode = 0, statusMessage = "" }, tunnel: Socket, head: Buffer) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) tunnel.unshift(head);
        resolve(tunnel);
        return;
      }
      const help = statusCode === 407 ? "; give user name and password in the proxy's URL" : "";
      const isPermanent = statusCode === 407;
      const why = `the proxy ${shownProxy(proxy)} refused a connection to ${authority}: HTTP ${statusCode} ${statusMessage}${help}`;
      reject(new TransportError(why, { wasSent: false, isPermanent }));
    });
    asking.once("error", (cause) =>
      reject(failed(`the proxy ${shownProxy(proxy)} did not open a connection to ${authority}: ${messageOf(cause)}`, cause)),
    );
    asking.end();
  });
}

async function throughSocks(socket: Socket, { proxy, host, port }: OpenTunnelOptions): Promise<Socket> {
  const { SocksClient } = await import("socks");
  const { username, password } = credentialsOf(proxy);
  try {
    await SocksClient.createConnection({
      command: "connect",
      proxy: { ...proxyAddress(proxy), type: 5, ...(username === undefined ? {} : { userId: username, password }) },
      destination: { host, port },
      existing_socket: socket,
    });
    return socket;
  } catch (cause) {
    // Not as its cause: the library's error carries the options, and with them the password.
    throw failed(`the proxy ${shownProxy(proxy)} did not open a connection to ${host}:${port}: ${messageOf(cause)}`);
  }
}

function credentialsOf({ username, password }: URL): { readonly username?: string; readonly password: string } {
  return username === "" ? { password: "" } : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function failed(message: string, cause?: unknown): TransportError {
  return new TransportError(message, { wasSent: false, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
