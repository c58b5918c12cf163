import type { Json } from "@operatorkit/object";

/**
 * One thing wrong with a value, as an API server reports it among the causes of a 422: `field` and `message` together read
 * `spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1`.
 *
 * Source: k8s.io/apimachinery `util/validation/field/errors.go`.
 */
export interface FieldError {
  readonly reason: FieldErrorReason;
  /** `spec.containers[0].name`; `<nil>` where the server names no field. */
  readonly field: string;
  readonly message: string;
}

export type FieldErrorReason =
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueRequired"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid";

/** What the server writes for an error that it attributes to the whole object. */
export const NO_FIELD = "<nil>";

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: "FieldValueInvalid", field: fieldName(field), message: `Invalid value: ${goValue(value)}: ${detail}` };
}

export function typeInvalid(field: string, value: string, detail: string): FieldError {
  return { reason: "FieldValueTypeInvalid", field: fieldName(field), message: `Invalid value: ${goValue(value)}: ${detail}` };
}

export function required(field: string, detail = ""): FieldError {
  return { reason: "FieldValueRequired", field: fieldName(field), message: detail === "" ? "Required value" : `Required value: ${detail}` };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: "FieldValueForbidden", field: fieldName(field), message: `Forbidden: ${detail}` };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: "FieldValueDuplicate", field: fieldName(field), message: `Duplicate value: ${goValue(value)}` };
}

export function notSupported(field: string, value: unknown, supported: readonly unknown[]): FieldError {
  const list = supported.map((one) => goQuote(typeof one === "string" ? one : goJson(one))).join(", ");
  return {
    reason: "FieldValueNotSupported",
    field: fieldName(field),
    message: `Unsupported value: ${goValue(value)}: supported values: ${list}`,
  };
}

export function tooLong(field: string, max: number): FieldError {
  return { reason: "FieldValueTooLong", field: fieldName(field), message: `Too long: may not be more than ${max} bytes` };
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  return { reason: "FieldValueTooMany", field: fieldName(field), message: `Too many: ${actual}: must have at most ${max} items` };
}

function fieldName(field: string): string {
  return field === "" ? NO_FIELD : field;
}

/** A value as the server prints it: strings quoted, numbers in Go's `%v`, the rest as JSON. */
function goValue(value: unknown): string {
  if (typeof value === "string") return goQuote(value);
  if (typeof value === "number") return goNumber(value);
  return goJson(value);
}

/** JSON as Go marshals a map: keys sorted, and `<`, `>` and `&` escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(sorted(value) ?? null).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) ?? null);
  if (value === null || typeof value !== "object") return value as Json;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item) ?? null]));
}

/** A number in Go's `%v`, which changes to exponents at other sizes than JavaScript and writes two digits at least. */
export function goNumber(value: number): string {
  const magnitude = Math.abs(value);
  const text = magnitude !== 0 && magnitude < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** A string in Go's `%q`. */
export function goQuote(value: string): string {
  let text = '"';
  for (const char of value) text += ESCAPES[char] ?? (PRINTABLE.test(char) ? char : escaped(char));
  return `${text}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
