import type { JsonObject } from "../json-object.ts";
import { MAX_BODY_BYTES } from "../handler.ts";
import { badRequest, bodyTooLarge, unsupportedMediaType } from "../status-error.ts";
import { duplicateKeys } from "./json-duplicates.ts";
import { goJsonError } from "./go-json-error.ts";
import { isBodyTooDeep, TOO_DEEP_JSON } from "./nesting.ts";
import { decodeProtobuf } from "../protobuf/decode-protobuf.ts";
import { WireError } from "../protobuf/wire-reader.ts";
import { parseYaml } from "./parse-yaml.ts";

/** A parsed request body. */
export interface DecodedBody {
  readonly value: unknown;
  /** Keys given twice, as paths. */
  readonly duplicates: readonly string[];
  /** What the client sent, for messages. */
  readonly text: string;
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";
const TEXT_TYPES = ["application/json", "application/yaml"];

export interface DecodeBodyOptions {
  /** Whether the type has a protobuf form: built-in ones do. */
  readonly takesProtobuf: boolean;
  /** Makes the error from what is wrong with the body. */
  readonly refuse: (problem: string, text: string) => Error;
}

/**
 * Reads JSON, YAML (1.1, first document) or protobuf, whichever the content type says; no content type means JSON.
 * @throws StatusError 413, 415, and what `refuse` makes
 */
export function decodeBody(body: Uint8Array | undefined, contentType: string | undefined, options: DecodeBodyOptions): DecodedBody {
  const { takesProtobuf, refuse } = options;
  if (body !== undefined && body.byteLength > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  const type = mediaType(contentType);
  if (type === PROTOBUF && takesProtobuf) return decodedProtobuf(body, refuse);
  if (type !== "" && !TEXT_TYPES.includes(type)) throw unsupportedMediaType(takesProtobuf ? [...TEXT_TYPES, PROTOBUF] : TEXT_TYPES);
  const text = textOf(body);
  return decodeText(type === "application/yaml" ? "yaml" : "json", text, (problem) => refuse(problem, text));
}

function decodedProtobuf(body: Uint8Array | undefined, refuse: DecodeBodyOptions["refuse"]): DecodedBody {
  try {
    return { value: decodeProtobuf(body ?? new Uint8Array()), duplicates: [], text: "" };
  } catch (error) {
    if (error instanceof WireError) throw refuse(error.message, "");
    throw error;
  }
}

/** The value of a text; `refuse` makes the error from what is wrong with it. */
export function decodeText(format: "json" | "yaml", text: string, refuse: (problem: string) => Error): DecodedBody {
  if (format === "yaml") {
    const { value, duplicates } = parseYaml(text, refuse);
    return { value, duplicates, text };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(goJsonError(text));
  }
  if (isBodyTooDeep(value)) throw refuse(TOO_DEEP_JSON);
  return { value, duplicates: duplicateKeys(text), text };
}

/** The type without parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

export function textOf(body: Uint8Array | undefined): string {
  return body === undefined ? "" : new TextDecoder().decode(body);
}

/** An options body (`DeleteOptions`): an object, or nothing. */
export function decodeOptions(body: Uint8Array | undefined, contentType: string | undefined): JsonObject | undefined {
  if (body === undefined || body.byteLength === 0) return undefined;
  const { value } = decodeBody(body, contentType, {
    takesProtobuf: true,
    refuse: (problem) => badRequest(`couldn't get version/kind; json parse error: ${problem}`),
  });
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    const what = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  return value as JsonObject;
}
