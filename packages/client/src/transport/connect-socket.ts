import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";

export interface ConnectSocketOptions {
  readonly host: string;
  readonly port: number;
  /** For TLS, over TCP or over `socket`. */
  readonly tls?: ConnectionOptions | undefined;
  /** A connection that leads there already. Destroyed when TLS fails. */
  readonly socket?: Socket | undefined;
  /** Ends the set-up. */
  readonly signal: AbortSignal;
  /** Makes the error to reject with. */
  readonly explain: (cause: unknown) => Error;
}

/** A socket that is up, TLS included. When it cannot be, or the signal is aborted, nothing is left open. */
export async function connectSocket({
  host,
  port,
  tls,
  socket: under,
  signal,
  explain,
}: ConnectSocketOptions): Promise<Socket | TLSSocket> {
  if (signal.aborted) {
    under?.destroy();
    throw signal.reason;
  }
  if (under !== undefined && tls === undefined) return under;
  return await new Promise((resolve, reject) => {
    let opened: Socket | TLSSocket;
    try {
      opened =
        tls === undefined
          ? connectTcp({ host, port })
          : connectTls({ ...tls, ...(under === undefined ? { host, port } : { socket: under }) });
    } catch (cause) {
      under?.destroy();
      reject(explain(cause));
      return;
    }
    const settle = (): void => {
      signal.removeEventListener("abort", onAbort);
      opened.off("error", fail);
      opened.off("close", onClose);
      // What happens between now and the first use must not be an uncaught exception; the user of the socket sees it closed.
      opened.on("error", () => {});
    };
    const giveUp = (why: unknown): void => {
      settle();
      opened.destroy();
      under?.destroy();
      reject(why);
    };
    const onAbort = (): void => giveUp(signal.reason);
    const fail = (cause: unknown): void => giveUp(explain(cause));
    const onClose = (): void => fail(Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" }));
    signal.addEventListener("abort", onAbort, { once: true });
    opened.once("error", fail);
    opened.once("close", onClose);
    opened.once(tls === undefined ? "connect" : "secureConnect", () => {
      settle();
      opened.setNoDelay(true);
      opened.setKeepAlive(true, 30_000);
      resolve(opened);
    });
  });
}
