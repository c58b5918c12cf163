import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { HttpLimits } from "./http-limits.ts";

export interface ListenerTls {
  /** PEM: the server's certificate, then those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** PEM: client certificates of this authority are taken as identity. None is asked for when left out. */
  readonly clientCa?: string | undefined;
}

/** A server for HTTPS: HTTP/2, and HTTP/1.1 for those who do not speak it. */
export function secureServer(limits: HttpLimits, { cert, key, clientCa }: ListenerTls): Http2SecureServer {
  // Node hands these to its HTTP/1.1 side; its types know only HTTP/2's.
  const http1 = {
    maxHeaderSize: limits.maxHeaderBytes,
    noDelay: true,
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.headersTimeoutMs + limits.bodyTimeoutMs,
  };
  return createSecureServer({
    cert,
    key,
    // A certificate that does not verify is no identity, but its owner may still bring a token.
    ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
    allowHTTP1: true,
    minVersion: "TLSv1.2",
    handshakeTimeout: limits.headersTimeoutMs,
    maxHeaderListPairs: limits.maxHeaders,
    settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes, enablePush: false },
    ...http1,
  });
}
