import type { TransportRequest, TransportResponse } from "@operatorkit/api";
import type { Registry } from "./registry.ts";

/** The most bytes a request body may have, as on a real server. A listener may stop reading one byte later and hand on what it has. */
export const MAX_BODY_BYTES: number = 3 * 1024 * 1024;

/** Who is asking, as `SelfSubjectReview` and audit would say it. */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What authenticators know beside. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What the wire knows about the other side. */
export interface Peer {
  /** The subject of a client certificate that the listener has verified against the server's CA. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[] };
  readonly address?: string;
}

/** One request as a listener or the in-process transport hands it to the server. */
export interface ServerRequest extends TransportRequest {
  readonly peer?: Peer | undefined;
  /** Already authenticated: the in-process transport says so, a socket never does. */
  readonly user?: UserInfo | undefined;
}

/**
 * Answers one request. Never rejects for anything a client did: what is wrong is an HTTP status. The body of an answer streams
 * (a watch goes on until it ends, its reader returns, or `request.signal` aborts); a listener writes each chunk as it comes and waits while the socket is full.
 */
export type Handler = (request: ServerRequest) => Promise<TransportResponse>;

/** A request that is authenticated and authorized, and whose URL is parsed. */
export interface EndpointRequest {
  readonly request: ServerRequest;
  /** The decoded path without the query: `/apis/apps/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly registry: Registry;
  readonly nowMs: number;
}

/** A part of the server that answers some paths by itself: discovery, OpenAPI, health. `undefined` means: not one of mine. */
export type Endpoint = (request: EndpointRequest) => TransportResponse | undefined | Promise<TransportResponse | undefined>;

/** Wraps a handler: faults, recording, limits. The first one of a list is the outermost. */
export type Middleware = (next: Handler) => Handler;
