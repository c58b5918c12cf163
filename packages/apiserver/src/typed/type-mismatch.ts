import { StatusError } from "../status-error.ts";

export interface TypeMismatchOptions {
  readonly found: unknown;
  /** What Go has there: `map`, `slice`, `struct`, or a scalar's kind (`string`, `bool`, `int32`, `float64`). */
  readonly kind: string;
  /** Go's name for it: `v1.PodPhase`, `[]string`. */
  readonly goType: string;
  /** `PodStatus.status.phase` */
  readonly field: string;
  /** The type reads its own JSON, whatever it is put into: a number or text. */
  readonly readsItself?: boolean;
}

/** A value of another type than the kind's own has there, in `encoding/json`'s words; and in those of a conversion without JSON. */
export class TypeMismatch extends StatusError {
  /** As Go's `runtime.DefaultUnstructuredConverter` says it. Source: apimachinery `pkg/runtime/converter.go`. */
  readonly converted: string;

  constructor({ found, kind, goType, field, readsItself = false }: TypeMismatchOptions) {
    const json = jsonType(found);
    super({ code: 400, reason: "BadRequest", message: `json: cannot unmarshal ${json} into Go struct field ${field} of type ${goType}` });
    this.name = "TypeMismatch";
    this.converted = readsItself
      ? `json: cannot unmarshal ${json} into Go value of type ${goType}`
      : conversion(goKind(found), kind, goType);
  }
}

/** Why an object could not be converted that was never JSON; undefined where that says the same. */
export function convertedWords({ cause }: StatusError): string | undefined {
  if (cause instanceof TypeMismatch) return cause.converted;
  return cause instanceof StatusError && cause.message.startsWith("illegal ") ? `error decoding from json: ${cause.message}` : undefined;
}

function conversion(found: string, kind: string, goType: string): string {
  if (kind === "map" || kind === "slice") return `cannot restore ${kind} from ${found}`;
  if (kind === "struct") return `cannot restore struct from: ${found}`;
  // To Go a whole number may become text, and a broken one whole; to JSON not.
  const isConvertible = (found === "int64" && kind === "string") || (found === "float64" && kind.startsWith("int"));
  return isConvertible ? `cannot convert ${found} to ${goType}` : `unrecognized type: ${kind}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" && !Number.isInteger(value) ? `number ${String(value)}` : typeof value;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return "slice";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : typeof value === "object" ? "map" : "string";
}
