import { childPath } from "../schema-tree.ts";
import { additionalSchema } from "../schema-tree.ts";
import { invalid, NO_FIELD, notSupported, required, type FieldError } from "../field-error.ts";
import type { StructuralSchema, ValidationRule } from "../structural-schema.ts";
import { hasValidationRules } from "../validation-rules.ts";
import { checkRules } from "./check-rules.ts";
import { ruleField } from "./rule-field.ts";
import { type CompiledRule, type Program, RuleSet } from "./rule-set.ts";

export interface RuleProblemsOptions {
  /** What paths start with. @default "openAPIV3Schema" */
  readonly path?: string;
}

/**
 * Why an API server would refuse a CustomResourceDefinition for the rules in its schema; empty when it would not. The schema must be structural
 * (`structuralSchemaProblems`). What a compiler says differs from the server's words, which are cel-go's; field and reason do not. Costs are not estimated.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`; recorded from kube-apiserver 1.36.
 */
export function ruleProblems(schema: StructuralSchema, { path = "openAPIV3Schema" }: RuleProblemsOptions = {}): readonly FieldError[] {
  if (!hasValidationRules(schema)) return [];
  const set = RuleSet.of(schema);
  return problemsIn(schema, { set, path, isResource: true, uncorrelatable: undefined });
}

interface Place {
  readonly set: RuleSet;
  readonly path: string;
  readonly isResource: boolean;
  /** Above this, an old value finds its new one; below it, not. */
  readonly uncorrelatable: string | undefined;
}

function problemsIn(schema: StructuralSchema, place: Place): readonly FieldError[] {
  if (!hasValidationRules(schema)) return [];
  const { set, path, isResource, uncorrelatable } = place;
  const own = set
    .rulesOf(schema, isResource)
    .flatMap((compiled, i) => [
      ...wordingProblems(compiled.rule, schema, `${path}.x-kubernetes-validations[${i}]`),
      ...programProblems(compiled, `${path}.x-kubernetes-validations[${i}]`, uncorrelatable),
    ]);
  const child = (of: StructuralSchema | undefined, at: string, isSevered: boolean): readonly FieldError[] =>
    of === undefined
      ? []
      : problemsIn(of, {
          set,
          path: at,
          isResource: of["x-kubernetes-embedded-resource"] === true,
          uncorrelatable: uncorrelatable ?? (isSevered ? path : undefined),
        });
  const isAtomic = schema["x-kubernetes-map-type"] === "atomic";
  return [
    ...own,
    ...Object.entries(schema.properties ?? {}).flatMap(([key, property]) => child(property, `${path}.properties[${key}]`, isAtomic)),
    ...child(additionalSchema(schema), `${path}.additionalProperties`, isAtomic),
    ...child(schema.items, `${path}.items`, schema["x-kubernetes-list-type"] !== "map"),
    ...defaultProblems(schema, path),
  ];
}

const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"] as const;

function wordingProblems(rule: ValidationRule, schema: StructuralSchema, path: string): readonly FieldError[] {
  const { message = "", messageExpression = "", reason, fieldPath = "" } = rule;
  const problems: FieldError[] = [];
  if (rule.rule.trim() === "") problems.push(required(`${path}.rule`, "rule is not specified"));
  if (message !== "" && message.trim() === "") problems.push(invalid(`${path}.message`, message, "must be non-empty if specified"));
  else if (message.includes("\n")) problems.push(invalid(`${path}.message`, message, "must not contain line breaks"));
  else if (message === "" && rule.rule.trim().includes("\n")) {
    problems.push(required(`${path}.message`, "message must be specified if rule contains line breaks"));
  }
  if (messageExpression !== "" && messageExpression.trim() === "") {
    problems.push(required(`${path}.messageExpression`, "messageExpression must be non-empty if specified"));
  }
  if (reason !== undefined && !REASONS.includes(reason)) problems.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath !== "" && fieldPath.trim() === "") problems.push(invalid(`${path}.fieldPath`, fieldPath, "must be non-empty if specified"));
  if (fieldPath.includes("\n")) problems.push(invalid(`${path}.fieldPath`, fieldPath, "must not contain line breaks"));
  if (fieldPath !== "" && ruleField(schema, fieldPath) === undefined) {
    problems.push(invalid(`${path}.fieldPath`, fieldPath, "must be a valid path"));
  }
  return problems;
}

function programProblems(
  { rule, condition, message }: CompiledRule,
  path: string,
  uncorrelatable: string | undefined,
): readonly FieldError[] {
  if (rule.rule.trim() === "") return [];
  const problems: FieldError[] = [];
  const refuse = (field: string, why: string): void => void problems.push(invalidRule(`${path}.${field}`, rule, why));
  if (condition.type === "error") refuse("rule", `compilation failed: ERROR: <input>: ${condition.message}`);
  else if (!isOf(condition, "bool")) refuse("rule", "cel expression must evaluate to a bool");
  else if (condition.variables.has("oldSelf")) {
    if (uncorrelatable !== undefined) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
      problems.push(invalid(`${path}.rule`, rule.rule, why));
    }
  } else if (rule.optionalOldSelf !== undefined) {
    problems.push(invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, "may not be set if oldSelf is not used in rule"));
  }
  if (message?.type === "error") refuse("messageExpression", `messageExpression compilation failed: ERROR: <input>: ${message.message}`);
  else if (message !== undefined && !isOf(message, "string")) refuse("messageExpression", "messageExpression must evaluate to a string");
  return problems;
}

function isOf(program: Program, type: string): boolean {
  return program.type === "program" && (program.result === type || program.result.startsWith("dyn"));
}

/** A rule as the server's own type shows it, in the order of its fields. */
function invalidRule(field: string, rule: ValidationRule, why: string): FieldError {
  const { message = "", messageExpression = "", reason = null, fieldPath = "", optionalOldSelf = null } = rule;
  const shown = JSON.stringify({
    Rule: rule.rule,
    Message: message,
    MessageExpression: messageExpression,
    Reason: reason,
    FieldPath: fieldPath,
    OptionalOldSelf: optionalOldSelf,
  }).replaceAll(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}: ${why}` };
}

/** A default must pass the rules it falls under. */
function defaultProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  if (schema.default === undefined || schema.default === null) return [];
  return checkRules(schema, schema.default).errors.map((error) => ({
    ...error,
    field: error.field === NO_FIELD ? `${path}.default` : childPath(`${path}.default`, error.field),
  }));
}
