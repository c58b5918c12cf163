/** One HTTP request, on whatever wire. */
export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" | (string & {});
  /** Path and query, percent-encoded: `/api/v1/pods?limit=500`. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names of headers that come once for each value, none of which is in `headers`: `impersonate-group`. */
  readonly repeatedHeaders?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Its answer. The body must be read to its end or left by `break`/`return`, which releases the wire. */
export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries requests to an API server: over a socket, or in process (`ApiServer.transport()`).
 * `request` rejects when no answer came; any HTTP status is an answer.
 */
export interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Closes connections; running requests reject. */
  close(): Promise<void>;
}
