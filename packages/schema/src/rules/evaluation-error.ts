import { cel } from "./cel.ts";

/** Why a rule could not be evaluated, in the words of cel-go; undefined for what is no such error. */
export function evaluationError(error: unknown): string | undefined {
  const { EvaluationError } = cel();
  if (!(error instanceof EvaluationError)) return undefined;
  const { code, summary } = error;
  const conversion = CONVERSIONS[code];
  if (conversion !== undefined) return `type conversion error from 'string' to '${conversion}'`;
  switch (code) {
    case "no_such_key":
      return summary.replace(/^No such key/, "no such key");
    case "index_out_of_bounds":
      return `index out of bounds: ${/index (-?\d+)/.exec(summary)?.[1] ?? ""}`;
    case "modulo_by_zero":
      return "modulus by zero";
    case "numeric_overflow":
      return "integer overflow";
    case "no_such_overload":
    case "no_matching_overload":
      return NO_OVERLOAD;
    case "optional_value_missing":
      return "optional.none() dereference";
    default:
      return summary;
  }
}

/** For which the server has a sentence of its own. */
export const NO_OVERLOAD = "no such overload";

const CONVERSIONS: Readonly<Record<string, string>> = {
  int_conversion_error: "int",
  uint_conversion_error: "uint",
  double_conversion_error: "double",
  bool_conversion_error: "bool",
  invalid_timestamp: "google.protobuf.Timestamp",
  invalid_duration: "google.protobuf.Duration",
};
