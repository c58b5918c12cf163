import { structuralSchemaProblems } from "@operatorkit/schema";
import { type FieldProblem, invalid } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { timestamp } from "../rules/deletion.ts";
import { withCondition } from "./crd-conditions.ts";

/**
 * A CRD's status with the condition NonStructuralSchema while its schemas are not structural or it keeps unknown fields, and without when all
 * is well. Such a CRD is served all the same. Source: apiextensions-apiserver `pkg/controller/nonstructuralschema`.
 */
export function schemaStatus(crd: JsonObject, status: JsonObject, nowMs: number): JsonObject {
  const problems = problemsOf(objectAt(crd, "spec")).map(({ field, message }) => `${field}: ${message}`);
  if (problems.length > 0) {
    return withCondition(status, {
      type: "NonStructuralSchema",
      status: "True",
      lastTransitionTime: timestamp(nowMs),
      reason: "Violations",
      message: problems.length === 1 ? (problems[0] as string) : `[${problems.join(", ")}]`,
    });
  }
  const conditions = listAt(status, "conditions");
  const left = conditions.filter((condition) => stringAt(condition, "type") !== "NonStructuralSchema");
  return left.length === conditions.length ? status : { ...status, conditions: left };
}

function problemsOf(spec: JsonObject): readonly FieldProblem[] {
  const keeps = spec["preserveUnknownFields"] === true ? [invalid("spec.preserveUnknownFields", true, "must be false")] : [];
  const schemas = listAt(spec, "versions").flatMap((version, index) => {
    const schema = objectAt(version, "schema")["openAPIV3Schema"];
    return isObject(schema) ? structuralSchemaProblems(schema, { path: `spec.versions[${index}].schema.openAPIV3Schema` }) : [];
  });
  return [...keeps, ...schemas];
}
