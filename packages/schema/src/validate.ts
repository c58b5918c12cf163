import { sameJson, type Json } from "@operatorkit/object";
import { fieldBefore, isUnchanged, itemBefore } from "./correlation.ts";
import { embeddedResourceErrors } from "./embedded-resource.ts";
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError, type FieldErrorReason } from "./field-error.ts";
import { hasFormat, isKnownFormat, isStringFormat } from "./formats.ts";
import { isGoInteger, isNearInteger } from "./go-number.ts";
import { listTypeErrors } from "./list-type.ts";
import { numberErrors } from "./number-errors.ts";
import { compiled } from "./pattern.ts";
import { childPath, isObject, propertySchema, typesOf, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { hasValidationRules } from "./validation-rules.ts";

export interface ValidateOptions {
  /** Where the value is in the whole object: `spec`. @default "" */
  readonly path?: string;
  /** What the value was before an update: what is wrong with a part that stayed as it was is not told. @default none: everything is new */
  readonly before?: unknown;
}

/**
 * What is wrong with a value, in the words of a kube-apiserver answering 422 for a custom resource; empty when it is fine.
 * `withDefaults` and `prune` come first there, and should here.
 *
 * It walks the value, not the schema, so a schema may contain itself. Time is linear in the value but for `uniqueItems`, which a
 * CRD cannot ask for. Rules in CEL (`x-kubernetes-validations`) are for `@operatorkit/schema/rules`; where the server would not evaluate them,
 * its note about that is among the errors. Properties are reported in the value's
 * order; the server's order changes from call to call.
 *
 * Quirks are the server's own: a composite error has the field `<nil>`; null is never a member of an `enum`; an array passes
 * as a string with a `format`.
 *
 * Source: k8s.io/kube-openapi `pkg/validation/validate`, apiextensions-apiserver `pkg/apiserver/schema`.
 */
export function validate(schema: StructuralSchema, value: unknown, { path = "", before }: ValidateOptions = {}): readonly FieldError[] {
  const errors = [
    ...check(schema, value, path, before).errors,
    ...embeddedResourceErrors(schema, value, path),
    // Lists that were wrong before may stay so, and change.
    ...(before !== undefined && listTypeErrors(schema, before, path).length > 0 ? [] : listTypeErrors(schema, value, path)),
  ];
  return blocksRules(errors) && hasValidationRules(schema) ? [...errors, invalid("", null, UNCHECKED_RULES)] : errors;
}

/** Whether an API server would evaluate no rules (`@operatorkit/schema/rules`) of a value with these errors; `validate` says so among them. */
export function blocksRules(errors: readonly FieldError[]): boolean {
  return errors.some(({ reason }) => BLOCKING.has(reason));
}

const BLOCKING: ReadonlySet<FieldErrorReason> = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);
const UNCHECKED_RULES =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";

/** What is wrong with a value as such, without a look at list types and embedded resources: all that a default is checked for. */
export function valueErrors(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  return check(schema, value, path, undefined).errors;
}

/**
 * The errors of one schema, and how many of its checks passed: among the alternatives of `anyOf` and `oneOf`, the errors of
 * the one with most passed checks are reported.
 */
class Result {
  /** By what they say. Most values have none. */
  #errors: Map<string, FieldError> | undefined;
  matches = 0;

  /** The same thing said by two alternatives is said once. */
  add(...errors: readonly FieldError[]): void {
    for (const error of errors) {
      const said = `${error.field}: ${error.message}`;
      this.#errors ??= new Map();
      if (!this.#errors.has(said)) this.#errors.set(said, error);
    }
  }

  get errors(): readonly FieldError[] {
    return [...(this.#errors?.values() ?? [])];
  }

  merge(other: Result): void {
    this.matches += other.matches;
    if (other.#errors === undefined) return;
    this.#errors ??= new Map();
    for (const [said, error] of other.#errors) if (!this.#errors.has(said)) this.#errors.set(said, error);
  }

  get isValid(): boolean {
    return this.#errors === undefined;
  }
}

/** Source of what `before` does: apiextensions-apiserver `pkg/apiserver/validation/ratcheting.go`, KEP-4008. */
function check(schema: StructuralSchema, value: unknown, path: string, before: unknown): Result {
  const result = checkAll(schema, value, path, before);
  return before === undefined || result.isValid || !isUnchanged(value, before) ? result : new Result();
}

function checkAll(schema: StructuralSchema, value: unknown, path: string, before: unknown): Result {
  const result = new Result();
  const format = schema.format !== undefined && isKnownFormat(schema.format) ? schema.format : undefined;
  if (typesOf(schema).length > 0 || format !== undefined) {
    const error = typeError(schema, format, value, path);
    if (error !== undefined) result.add(error);
    result.matches += error === undefined ? 2 : 1;
  }
  if (value === null) {
    checkEnum(schema, value, path, result);
    return result;
  }
  checkJunctors(schema, value, path, before, result);
  if (typeof value === "string") checkString(schema, format, value, path, result);
  if (typeof value === "number") {
    result.add(...numberErrors(format === schema.format ? schema : { ...schema, format: "" }, value, path));
    result.matches += 2;
  }
  if (Array.isArray(value)) checkArray(schema, value, path, before, result);
  checkEnum(schema, value, path, result);
  if (isObject(value)) checkObject(schema, value, path, before, result);
  result.matches++;
  return result;
}

function typeError(schema: StructuralSchema, format: string | undefined, value: unknown, path: string): FieldError | undefined {
  const types: readonly string[] = typesOf(schema);
  const refuse = (wanted: string, got: string): FieldError => typeInvalid(path, got, `${path} in body must be of type ${wanted}: "${got}"`);
  if (value === null) return schema.nullable === true || types.length === 0 ? undefined : refuse(types.join(","), "null");
  const [type, goType] = typeOf(value);
  const fits =
    types.includes(type) ||
    (type === "integer" && types.includes("number")) ||
    (type === "number" && types.includes("integer") && isNearInteger(value as number));
  const isText = type === "string" || type === "array";
  if (format !== undefined && !isText && !fits && goType !== format) return refuse(format, goType);
  // The server leaves strings with a format to the check of the format; arrays slip through.
  if (format !== undefined && isText && !types.includes("number") && !types.includes("integer")) return undefined;
  return fits ? undefined : refuse(types.join(","), type);
}

/** The JSON type of a value, and the name of the Go type that holds it. */
function typeOf(value: unknown): readonly [type: string, goType: string] {
  if (typeof value === "number") return isGoInteger(value) ? ["integer", "int64"] : ["number", "float64"];
  if (Array.isArray(value)) return ["array", ""];
  return [typeof value, ""];
}

function checkJunctors(schema: StructuralSchema, value: unknown, path: string, before: unknown, result: Result): void {
  const compose = (message: string): FieldError => invalid("", "", `"${path}" must ${message}`);
  if (schema.anyOf !== undefined && schema.anyOf.length > 0) {
    const results = schema.anyOf.map((alternative) => check(alternative, value, path, before));
    const valid = results.find((one) => one.isValid);
    if (valid === undefined) result.add(compose("validate at least one schema (anyOf)"));
    result.merge(valid ?? mostMatches(results));
  }
  if (schema.oneOf !== undefined && schema.oneOf.length > 0) {
    const results = schema.oneOf.map((alternative) => check(alternative, value, path, before));
    const valid = results.filter((one) => one.isValid);
    const found = valid.length === 0 ? "Found none valid" : `Found ${valid.length} valid alternatives`;
    if (valid.length !== 1) result.add(compose(`validate one and only one schema (oneOf). ${found}`));
    if (valid.length === 0) result.merge(mostMatches(results));
    else if (valid.length === 1 && valid[0] !== undefined) result.merge(valid[0]);
  }
  if (schema.allOf !== undefined && schema.allOf.length > 0) {
    const results = schema.allOf.map((part) => check(part, value, path, before));
    for (const one of results) result.merge(one);
    if (results.some((one) => !one.isValid)) {
      result.add(compose(`validate all the schemas (allOf)${results.some((one) => one.isValid) ? "" : ". None validated"}`));
    }
  }
  if (schema.not !== undefined && check(schema.not, value, path, undefined).isValid) result.add(compose("not validate the schema (not)"));
  result.matches += 2;
}

function mostMatches(results: readonly Result[]): Result {
  return results.reduce((best, one) => (one.matches > best.matches ? one : best), results[0] ?? new Result());
}

/** Only the first thing wrong with a string is reported. */
function checkString(schema: StructuralSchema, format: string | undefined, value: string, path: string, result: Result): void {
  result.matches++;
  if (format !== undefined && isStringFormat(format)) result.matches++;
  const characters = characterCount(value, schema);
  if (schema.maxLength !== undefined && characters > schema.maxLength) result.add(tooLong(path, schema.maxLength));
  else if (schema.minLength !== undefined && characters < schema.minLength) {
    result.add(invalid(path, value, `${path} in body should be at least ${schema.minLength} chars long`));
  } else if (schema.pattern !== undefined && schema.pattern !== "" && compiled(schema.pattern)?.test(value) !== true) {
    result.add(invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (format !== undefined && !hasFormat(format, value)) {
    result.add(typeInvalid(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`));
  }
}

/** Code points, as the server counts them, although its message says bytes. */
function characterCount(value: string, schema: StructuralSchema): number {
  if (schema.maxLength === undefined && schema.minLength === undefined) return 0;
  let count = 0;
  for (const _ of value) count++;
  return count;
}

function checkArray(schema: StructuralSchema, value: readonly unknown[], path: string, before: unknown, result: Result): void {
  const { items } = schema;
  if (items !== undefined) value.forEach((item, i) => result.merge(check(items, item, `${path}[${i}]`, itemBefore(schema, before, item))));
  const size = value.length;
  if (schema.minItems !== undefined && size < schema.minItems) {
    result.add(invalid(path, size, `${path} in body should have at least ${schema.minItems} items`));
  }
  if (schema.maxItems !== undefined && size > schema.maxItems) result.add(tooMany(path, size, schema.maxItems));
  if (
    schema.uniqueItems === true &&
    value.some((item, i) => value.slice(0, i).some((earlier) => sameJson(earlier as Json, item as Json)))
  ) {
    result.add(invalid(path, "", `${path} in body shouldn't contain duplicates`));
  }
  result.matches += 2;
}

function checkEnum(schema: StructuralSchema, value: unknown, path: string, result: Result): void {
  if (value !== null) result.matches++;
  const allowed = schema.enum ?? [];
  if (allowed.length === 0) return;
  if (value === null || !allowed.some((one) => isMember(one, value))) result.add(notSupported(path, value, allowed));
}

/** The server converts a number to the type of the member before it compares: 1.5 is a member of `[1]`. */
function isMember(member: Json, value: unknown): boolean {
  if (typeof member === "number" && typeof value === "number" && isGoInteger(member)) return member === Math.trunc(value);
  return sameJson(member, value as Json);
}

function checkObject(schema: StructuralSchema, value: JsonObject, path: string, before: unknown, result: Result): void {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (schema.minProperties !== undefined && keys.length < schema.minProperties) {
    result.add(invalid(path, keys.length, `${path} in body should have at least ${schema.minProperties} properties`));
  }
  if (schema.maxProperties !== undefined && keys.length > schema.maxProperties)
    result.add(tooMany(path, keys.length, schema.maxProperties));
  for (const key of keys) {
    const property = propertySchema(schema, key);
    if (property !== undefined) result.merge(check(property, value[key], childPath(path, key), fieldBefore(schema, before, key)));
    else if (typeof schema.additionalProperties === "object") {
      result.merge(check(schema.additionalProperties, value[key], childPath(path, key), fieldBefore(schema, before, key)));
    } else if (schema.additionalProperties === false) {
      result.add(invalid(path, key, `${path}.${key} in body is a forbidden property`));
    }
  }
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key) || value[key] === undefined) result.add(required(childPath(path, key)));
  }
  result.matches++;
}
