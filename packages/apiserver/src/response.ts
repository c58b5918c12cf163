import type { TransportResponse } from "@operatorkit/api";
import type { JsonObject } from "./json-object.ts";
import type { StatusError } from "./status-error.ts";
import { yamlLibrary } from "./yaml-library.ts";

const ENCODER = new TextEncoder();

/** A whole answer in one piece. */
export function textResponse(
  status: number,
  text: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  const bytes = ENCODER.encode(text);
  return {
    status,
    headers: { "content-type": contentType, "content-length": String(bytes.byteLength), "cache-control": "no-cache, private", ...headers },
    body: once(bytes),
  };
}

export function jsonResponse(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): TransportResponse {
  return textResponse(status, `${JSON.stringify(value)}\n`, "application/json", headers);
}

export function yamlResponse(status: number, value: JsonObject, headers: Readonly<Record<string, string>> = {}): TransportResponse {
  return textResponse(status, yamlLibrary().stringify(value), "application/yaml", headers);
}

export function errorResponse(error: StatusError, warnings: readonly string[] = []): TransportResponse {
  const retryAfter = error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) };
  return jsonResponse(error.code, error.toStatus(), { ...retryAfter, ...warningHeader(warnings) });
}

/** The real server's answer for paths no part of it knows. */
export function pageNotFound(): TransportResponse {
  return textResponse(404, "404 page not found\n", "text/plain; charset=utf-8", { "x-content-type-options": "nosniff" });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

/** `Warning` headers (RFC 7234, code 299), joined as one: a header map has one value per name, and the field is a list. */
export function warningHeader(warnings: readonly string[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 - ${quoted(text)}`).join(", ") };
}

function quoted(text: string): string {
  // Control characters and anything beyond Latin-1 cannot travel in a header.
  return `"${text.replaceAll(/[\\"]/g, "\\$&").replaceAll(/[^\u0020-\u007e]/g, "?")}"`;
}
