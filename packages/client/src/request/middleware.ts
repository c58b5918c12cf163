import type { Transport, TransportRequest, TransportResponse } from "@operatorkit/api";

/** Sends the request on. Rejects when no answer came; any HTTP status is an answer. */
export type SendRequest = (request: TransportRequest) => Promise<TransportResponse>;

/**
 * Stands around each request on its way to the server: `(request, send) => send({ ...request, headers: { ...request.headers, … } })`.
 *
 * It is asked once for each attempt, watches and discovery included, and sees credentials and headers as they will be sent. A request
 * is not to be changed in place. An answer's body must be passed on, or left. What it throws counts as a connection that broke; an
 * `ApiError` reaches the caller as it is. Exec and port-forward, which have connections of their own, do not pass here.
 */
export type Middleware = (request: TransportRequest, send: SendRequest) => Promise<TransportResponse>;

/** The transport with all of them around it, the first outermost; the transport itself when there are none. */
export function withMiddleware(transport: Transport, middleware: readonly Middleware[]): Transport {
  if (middleware.length === 0) return transport;
  const send = middleware.reduceRight<SendRequest>(
    (next, each) => async (request) => await each(request, next),
    (request) => transport.request(request),
  );
  return { request: send, close: () => transport.close() };
}
