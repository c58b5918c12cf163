import type { TransportResponse } from "@operatorkit/api";

/** A failure as the listener itself answers it, before any handler was asked: a `Status` object in JSON. */
export function statusResponse(
  code: number,
  reason: string,
  message: string,
  details?: { readonly retryAfterSeconds: number },
): TransportResponse {
  const body = new TextEncoder().encode(
    `${JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, ...(details && { details }), code })}\n`,
  );
  return {
    status: code,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.byteLength),
      "cache-control": "no-cache, private",
      ...(details && { "retry-after": String(details.retryAfterSeconds) }),
    },
    body: once(body),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
