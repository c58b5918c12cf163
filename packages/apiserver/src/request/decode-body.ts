import type { JsonObject } from "../json-object.ts";
import { MAX_BODY_BYTES } from "../handler.ts";
import { badRequest, bodyTooLarge, unsupportedMediaType } from "../status-error.ts";
import { duplicateKeys } from "./json-duplicates.ts";
import { goJsonError } from "./go-json-error.ts";
import { parseYaml } from "./parse-yaml.ts";

/** A parsed request body. */
export interface DecodedBody {
  readonly value: unknown;
  /** Keys given twice, as paths. */
  readonly duplicates: readonly string[];
  /** What the client sent, for messages. */
  readonly text: string;
}

const ACCEPTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/**
 * Reads JSON or YAML (1.1, first document), whichever the content type says; no content type means JSON.
 * @throws StatusError 413, 415
 */
export function parseBody(
  body: Uint8Array | undefined,
  contentType: string | undefined,
): { readonly format: "json" | "yaml"; readonly text: string } {
  if (body !== undefined && body.byteLength > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  const type = mediaType(contentType);
  if (type !== "" && type !== "application/json" && type !== "application/yaml") throw unsupportedMediaType(ACCEPTED);
  return { format: type === "application/yaml" ? "yaml" : "json", text: textOf(body) };
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
  return { value, duplicates: duplicateKeys(text), text };
}

/** The type without parameters, in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

export function textOf(body: Uint8Array | undefined): string {
  return body === undefined ? "" : new TextDecoder().decode(body);
}

/** An options body (`DeleteOptions`): a JSON or YAML object, or nothing. */
export function decodeOptions(body: Uint8Array | undefined, contentType: string | undefined): JsonObject | undefined {
  if (body === undefined || body.byteLength === 0) return undefined;
  const { format, text } = parseBody(body, contentType);
  const { value } = decodeText(format, text, (problem) => badRequest(`couldn't get version/kind; json parse error: ${problem}`));
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    const what = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  }
  return value as JsonObject;
}
