import { goNumber, invalid, type FieldError } from "./field-error.ts";
import { fitsFormat, isGoInteger, isNearInteger } from "./go-number.ts";
import { typesOf } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/** What is wrong with a number. Source: k8s.io/kube-openapi `pkg/validation/validate/validator.go`, `values.go`. */
export function numberErrors(schema: StructuralSchema, value: number, path: string): readonly FieldError[] {
  const types = typesOf(schema);
  const type = types.length === 1 ? (types[0] ?? "") : "";
  const unfit = (number: number, what: string): FieldError[] => {
    if (fitsFormat(number, type, schema.format)) return [];
    const format = schema.format === undefined ? "(default format)" : `with format ${schema.format}`;
    return [invalid("", "", `${what} value must be of type ${type} ${format} in ${path}`)];
  };
  /** Bounds of integers are cut to integers, as the server does, unless their fraction was reported already. */
  const bound = (number: number, problems: readonly FieldError[]): number =>
    problems.length === 0 && isGoInteger(value) ? Math.trunc(number) : number;

  const errors = unfit(value, "Checked");
  if (schema.multipleOf !== undefined) {
    const problems = unfit(schema.multipleOf, "MultipleOf");
    errors.push(...problems, ...multipleErrors(value, bound(schema.multipleOf, problems), path));
  }
  if (schema.minimum !== undefined) {
    const problems = unfit(schema.minimum, "Minimum boundary");
    const minimum = bound(schema.minimum, problems);
    const exclusive = schema.exclusiveMinimum === true;
    errors.push(...problems);
    if (value < minimum || (exclusive && value === minimum)) {
      errors.push(invalid(path, value, `${path} in body should be greater than ${exclusive ? "" : "or equal to "}${goNumber(minimum)}`));
    }
  }
  if (schema.maximum !== undefined) {
    const problems = unfit(schema.maximum, "Maximum boundary");
    const maximum = bound(schema.maximum, problems);
    const exclusive = schema.exclusiveMaximum === true;
    errors.push(...problems);
    if (value > maximum || (exclusive && value === maximum)) {
      errors.push(invalid(path, value, `${path} in body should be less than ${exclusive ? "" : "or equal to "}${goNumber(maximum)}`));
    }
  }
  return errors;
}

function multipleErrors(value: number, factor: number, path: string): readonly FieldError[] {
  // Of an integer, the server makes 0 out of a factor such as 0.5, and then takes offence at it.
  if (factor <= 0) return [invalid(path, factor, `factor MultipleOf declared for ${path} must be positive: ${goNumber(factor)}`)];
  return isMultiple(value, factor) ? [] : [invalid(path, value, `${path} in body should be a multiple of ${goNumber(factor)}`)];
}

function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(factor) && isGoInteger(value)) return value % factor === 0;
  return isNearInteger(factor < 1 ? (1 / factor) * value : value / factor);
}
