import { type StructuralSchema, blocksRules, hasValidationRules, prune, validate, withDefaults } from "@operatorkit/schema";
import { checkRules } from "@operatorkit/schema/rules";
import type { FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject } from "../json-object.ts";
import { type DecodedObject, decodeBuiltIn } from "../typed/decode-built-in.ts";

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/** Reads a custom resource: metadata as every object's, the rest pruned and defaulted by its schema. */
export function decodeCustom(value: JsonObject, schema: StructuralSchema): DecodedObject {
  const { metadata: given, ...content } = value;
  const metadata = decodeBuiltIn(isObject(given) ? given : {}, OBJECT_META);
  const { value: pruned, pruned: unknown } = prune(schema, { ...content, metadata: metadata.object }, { isResourceRoot: true });
  const object = withDefaults(schema, pruned) as JsonObject;
  return { object, unknown: [...metadata.unknown.map((path) => `metadata.${path}`), ...unknown.toSorted()] };
}

/** What is wrong with a custom resource's own fields, rules included. `warn` is told what an update left as wrong as it was. */
export function customProblems(
  schema: StructuralSchema,
  object: JsonObject,
  before: JsonObject | undefined,
  warn: (warning: string) => void = () => {},
): readonly FieldProblem[] {
  const problems = validate(schema, object, { before });
  if (!hasValidationRules(schema) || blocksRules(problems)) return problems;
  const { errors, warnings } = checkRules(schema, object, { before, isResource: true });
  for (const { field, message } of warnings) warn(`${field}: ${message}`);
  return [...problems, ...errors];
}

/**
 * Nulls where the schema allows none. A body's are dropped when it is read; one that an apply leaves behind, because it let go of the
 * last entry of a map or list, is refused, with all else that is wrong.
 */
export function nullProblems(object: JsonObject, schema: StructuralSchema): readonly FieldProblem[] {
  const problems = validate(schema, object);
  return problems.some(({ message }) => message.endsWith(': "null"')) ? problems : [];
}

/**
 * The stored form as a version shows it: `apiVersion` is its own, and defaults that its schema got later are filled in, as on every
 * read of the real server. Answers are remembered while the stored object lives.
 */
export function presenter(apiVersion: string, schema: StructuralSchema): (stored: JsonObject) => JsonObject {
  const shown = new WeakMap<JsonObject, JsonObject>();
  return (stored) => {
    const known = shown.get(stored);
    if (known !== undefined) return known;
    const defaulted = withDefaults(schema, stored);
    const object = defaulted["apiVersion"] === apiVersion ? defaulted : { ...defaulted, apiVersion };
    if (object !== stored) shown.set(stored, object);
    return object;
  };
}
