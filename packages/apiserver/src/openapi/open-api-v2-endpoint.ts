import type { TransportResponse } from "@operatorkit/api";
import type { EndpointRequest } from "../handler.ts";
import { jsonResponse, textResponse } from "../response.ts";

const TITLE = "Kubernetes";
const VERSION = "v1.36.3";
/** Clients ask for `spec.v2@v1.0`, but an "@" may not stand in a media type that is parsed. */
const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/**
 * Answers `/openapi/v2` with a document that describes nothing. Clients since Kubernetes 1.27 read v3, but kubectl still turns to v2 for
 * a kind it does not know, and without an answer it blames the download instead of the kind. It takes the protobuf form only.
 */
export function openApiV2Endpoint({ path, request }: EndpointRequest): TransportResponse | undefined {
  if (path !== "/openapi/v2") return undefined;
  const accept = request.headers["accept"] ?? "";
  if (accept.includes("proto-openapi.spec.v2")) return textResponse(200, emptyDocument(), PROTOBUF);
  return jsonResponse(200, { swagger: "2.0", info: { title: TITLE, version: VERSION }, paths: {} });
}

/** openapi.v2.Document: 1 swagger, 2 info (1 title, 2 version). Every byte of it is ASCII. Source: gnostic `openapiv2/OpenAPIv2.proto`. */
function emptyDocument(): string {
  return field(1, "2.0") + field(2, field(1, TITLE) + field(2, VERSION));
}

/** One length-delimited field of fewer than 128 bytes. */
function field(number: number, content: string): string {
  return String.fromCodePoint((number << 3) | 2, content.length) + content;
}
