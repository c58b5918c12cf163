/** One thing that is wrong with a field, as it becomes a cause of a 422. Source: apimachinery `util/validation/field/errors.go`. */
export interface FieldProblem {
  /** `FieldValueInvalid`, `FieldValueRequired`, … */
  readonly reason: string;
  /** `spec.replicas`; `<nil>` where the real server says so. */
  readonly field: string;
  /** Without the field: `Invalid value: -1: must be greater than or equal to 0`. */
  readonly message: string;
}

export function required(field: string, detail: string): FieldProblem {
  return { reason: "FieldValueRequired", field, message: detail === "" ? "Required value" : `Required value: ${detail}` };
}

export function invalid(field: string, value: unknown, detail: string): FieldProblem {
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${show(value)}: ${detail}` };
}

export function forbidden(field: string, detail: string): FieldProblem {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${detail}` };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldProblem {
  const list = supported.map((item) => JSON.stringify(item)).join(", ");
  return { reason: "FieldValueNotSupported", field, message: `Unsupported value: ${show(value)}: supported values: ${list}` };
}

export function duplicate(field: string, value: unknown): FieldProblem {
  return { reason: "FieldValueDuplicate", field, message: `Duplicate value: ${show(value)}` };
}

function show(value: unknown): string {
  return value === undefined ? "null" : JSON.stringify(value);
}
