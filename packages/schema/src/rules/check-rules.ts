import { fieldBefore, isUnchanged, itemBefore } from "../correlation.ts";
import { goQuote, invalid, NO_FIELD, type FieldError } from "../field-error.ts";
import { additionalSchema, childPath, isObject, propertySchema } from "../schema-tree.ts";
import type { StructuralSchema } from "../structural-schema.ts";
import { hasValidationRules } from "../validation-rules.ts";
import { cel } from "./cel.ts";
import { evaluationError, NO_OVERLOAD } from "./evaluation-error.ts";
import { ruleField } from "./rule-field.ts";
import { type CompiledRule, type Program, RuleSet } from "./rule-set.ts";

export interface CheckRulesOptions {
  /** Where the value is in the whole object. @default "" */
  readonly path?: string;
  /** The value before an update. @default none: it is new */
  readonly before?: unknown;
  /** Whether the value is a whole object, with `apiVersion`, `kind` and `metadata`. @default false */
  readonly isResource?: boolean;
}

/** What rules found. */
export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** What is wrong with parts that an update left as they were: told, and let through. */
  readonly warnings: readonly FieldError[];
}

/**
 * What the rules (`x-kubernetes-validations`) of a schema say of a value, in the words of a kube-apiserver. The value must have passed
 * `validate`: its types are trusted. Costs are neither estimated nor limited.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go`; recorded from kube-apiserver 1.36.
 */
export function checkRules(schema: StructuralSchema, value: unknown, options: CheckRulesOptions = {}): RuleFindings {
  const { path = "", before, isResource = false } = options;
  if (!hasValidationRules(schema)) return { errors: [], warnings: [] };
  const check = new Check(RuleSet.of(schema));
  check.visit(schema, value, { path, before, isResource });
  return check;
}

interface Place {
  readonly path: string;
  readonly before: unknown;
  readonly isResource: boolean;
}

class Check implements RuleFindings {
  readonly errors: FieldError[] = [];
  readonly warnings: FieldError[] = [];
  readonly #set: RuleSet;

  constructor(set: RuleSet) {
    this.#set = set;
  }

  visit(schema: StructuralSchema, value: unknown, place: Place): void {
    if (value === null || value === undefined || !hasValidationRules(schema)) return;
    this.#own(schema, value, place);
    const { path, before } = place;
    const child = (of: StructuralSchema, item: unknown, at: string, was: unknown): void =>
      this.visit(of, item, { path: at, before: was, isResource: of["x-kubernetes-embedded-resource"] === true });
    if (Array.isArray(value)) {
      const { items } = schema;
      if (items !== undefined) value.forEach((item, i) => child(items, item, `${path}[${i}]`, itemBefore(schema, before, item)));
    } else if (isObject(value)) {
      const additional = additionalSchema(schema);
      for (const [key, item] of Object.entries(value)) {
        const property = propertySchema(schema, key);
        if (property !== undefined) child(property, item, childPath(path, key), fieldBefore(schema, before, key));
        else if (additional !== undefined) child(additional, item, `${path}[${key}]`, fieldBefore(schema, before, key));
      }
    }
  }

  #own(schema: StructuralSchema, value: unknown, { path, before, isResource }: Place): void {
    const rules = this.#set.rulesOf(schema, isResource);
    if (rules.length === 0) return;
    const { types } = this.#set;
    const self = types.valueOf(schema, value, isResource);
    const old = before === null ? undefined : before;
    const oldSelf = old === undefined ? undefined : types.valueOf(schema, old, isResource);
    for (const compiled of rules) {
      const usesOldSelf = compiled.condition.type === "program" && compiled.condition.variables.has("oldSelf");
      const isOptional = compiled.rule.optionalOldSelf === true;
      if (usesOldSelf && oldSelf === undefined && !isOptional) continue;
      const { Optional } = cel();
      const variables = { self, oldSelf: !isOptional ? oldSelf : oldSelf === undefined ? Optional.none() : Optional.of(oldSelf) };
      const error = outcome(compiled, schema, value, path, variables);
      if (error === undefined) continue;
      if (!usesOldSelf && old !== undefined && isUnchanged(value, old)) this.warnings.push(error);
      else this.errors.push(error);
    }
  }
}

function outcome(
  { rule, condition, message }: CompiledRule,
  schema: StructuralSchema,
  value: unknown,
  path: string,
  variables: Readonly<Record<string, unknown>>,
): FieldError | undefined {
  const failure = (detail: string): FieldError => invalid(path, schema.type ?? "", detail);
  if (condition.type === "error") return failure(`rule compile error: ${condition.message}`);
  const said = (rule.message ?? "").trim();
  const shown = said === "" ? rule.rule.trim() : said;
  try {
    if (condition.evaluate(variables) === true) return undefined;
  } catch (error) {
    const why = evaluationError(error);
    if (why === undefined) throw error;
    if (why !== NO_OVERLOAD) return failure(`${why} evaluating rule: ${shown}`);
    return failure(`'${why}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`);
  }
  const detail = evaluatedMessage(message, variables) ?? (said === "" ? `failed rule: ${shown}` : said);
  const field = path + (rule.fieldPath === undefined ? "" : (ruleField(schema, rule.fieldPath) ?? ""));
  return failed(rule.reason, field.replace(/^\./, ""), value, detail);
}

/** Objects and lists are not repeated in what is said of them. */
function failed(reason: FieldError["reason"] = "FieldValueInvalid", field: string, value: unknown, detail: string): FieldError {
  const name = field === "" ? NO_FIELD : field;
  const isCompound = typeof value === "object";
  switch (reason) {
    case "FieldValueForbidden":
      return { reason, field: name, message: `Forbidden: ${detail}` };
    case "FieldValueRequired":
      return { reason, field: name, message: `Required value: ${detail}` };
    case "FieldValueDuplicate":
      return {
        reason,
        field: name,
        message: isCompound ? "Duplicate value" : `Duplicate value: ${typeof value === "string" ? goQuote(value) : String(value)}`,
      };
    default:
      return isCompound ? { reason: "FieldValueInvalid", field: name, message: `Invalid value: ${detail}` } : invalid(field, value, detail);
  }
}

const MAX_MESSAGE_LENGTH = 5 * 1024;

/** What a `messageExpression` makes; undefined when it fails, or makes what is no message. */
function evaluatedMessage(message: Program | undefined, variables: Readonly<Record<string, unknown>>): string | undefined {
  if (message?.type !== "program") return undefined;
  try {
    const text = message.evaluate(variables);
    if (typeof text !== "string") return undefined;
    const trimmed = text.trim();
    return trimmed === "" || trimmed.includes("\n") || trimmed.length > MAX_MESSAGE_LENGTH ? undefined : trimmed;
  } catch (error) {
    if (evaluationError(error) === undefined) throw error;
    return undefined;
  }
}
