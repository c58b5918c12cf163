import type { JsonObject } from "../json-object.ts";
import { plainError } from "../status-error.ts";

/** etcd's limit of a request, and that of the connection to it; both count a little more than the object. */
const MAX_REQUEST_BYTES = 1.5 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** The key and the conditions of the transaction, about. */
const OVERHEAD_BYTES = 256;

/**
 * Refuses an object that etcd would not take, in the words of its answer. Every kind is measured as JSON, which is what custom resources
 * are stored as; the real server stores built-in kinds in less. @throws StatusError 500
 */
export function checkSize(object: JsonObject): void {
  const bytes = jsonBytes(object) + OVERHEAD_BYTES;
  if (bytes > MAX_MESSAGE_BYTES) {
    const numbers = `${bytes} vs. ${MAX_MESSAGE_BYTES}`;
    throw plainError(`rpc error: code = ResourceExhausted desc = trying to send message larger than max (${numbers})`);
  }
  if (bytes > MAX_REQUEST_BYTES) throw plainError("etcdserver: request is too large");
}

/** The length of a value's JSON, but for escapes: found without writing it, since every write asks. */
export function jsonBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value) + 2;
  if (value === null || value === undefined || typeof value !== "object") return String(value).length;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += jsonBytes(item) + 1;
  else for (const key in value) bytes += key.length + 4 + jsonBytes((value as JsonObject)[key]);
  return bytes;
}
