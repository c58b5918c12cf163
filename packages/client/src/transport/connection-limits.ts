import { aNumber, type Rule } from "@operatorkit/observe/options";

/** How soon a connection that cannot be made, or is dead without anyone having said so, is given up. */
export interface ConnectionLimits {
  /**
   * For the TCP, proxy and TLS handshakes together, and once more for HTTP/2's greeting. Three lost packets still fit in (TCP repeats
   * them after 1, 3 and 7 s). client-go: 30 s for TCP and 10 s for TLS; kube-rs: 30 s. Infinity: as long as the call may take.
   * @default 10000
   */
  readonly connectTimeoutMs?: number;
  /**
   * With a request running, a watch for example, and nothing heard on its HTTP/2 connection for this long, the server is pinged: 17 bytes
   * per connection, however many watches it carries. Also along with the first request after such a silence. HTTP/1.1 has no pings: there
   * an informer's limits on silence and `requestTimeoutMs` do it; but the WebSockets of exec, attach and port-forward have, and are always
   * pinged, which keeps them from being cut for idleness. client-go: HTTP2_READ_IDLE_TIMEOUT_SECONDS, 30 s; kube-rs: none.
   * Infinity: never.
   * @default 10000
   */
  readonly pingIntervalMs?: number;
  /**
   * A ping not answered within this ends the connection, unless other bytes came; time for which this process itself stood still does not
   * count. What ran on it fails, and informers go on where they were. client-go: HTTP2_PING_TIMEOUT_SECONDS, 15 s.
   * @default 10000
   */
  readonly pingTimeoutMs?: number;
}

/** A limit is a time: not 0, which would give up at once. */
export const LIMIT_RULES: Readonly<Record<keyof ConnectionLimits, Rule>> = {
  connectTimeoutMs: aNumber({ above: 0 }),
  pingIntervalMs: aNumber({ above: 0 }),
  pingTimeoutMs: aNumber({ above: 0 }),
};

/** All of them, with the defaults for what is left out. */
export function connectionLimits(given: ConnectionLimits): Required<ConnectionLimits> {
  return {
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    pingIntervalMs: given.pingIntervalMs ?? 10_000,
    pingTimeoutMs: given.pingTimeoutMs ?? 10_000,
  };
}
