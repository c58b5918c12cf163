import { builtinDefinition, type OpenApiDefinition } from "@operatorkit/schema/kinds";
import { type FieldProblem, required } from "../field-problem.ts";
import { type JsonObject, isObject } from "../json-object.ts";

const REF = "#/components/schemas/";

/**
 * Fields that the definitions call required and that are missing or empty, outside `metadata` and `status`: those have rules of
 * their own, or are written by controllers that know what they do.
 */
export function requiredFieldProblems(object: JsonObject, definitionName: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [key, property] of propertiesOf(definitionName)) {
    if (key === "metadata" || key === "status") continue;
    walk(object[key], property, key, problems);
  }
  return problems;
}

function propertiesOf(name: string): readonly [string, OpenApiDefinition][] {
  return Object.entries((builtinDefinition(name)?.["properties"] as Readonly<Record<string, OpenApiDefinition>> | undefined) ?? {});
}

function walk(value: unknown, property: OpenApiDefinition, path: string, problems: FieldProblem[]): void {
  if (Array.isArray(value)) {
    const items = property["items"] as OpenApiDefinition | undefined;
    if (items !== undefined) value.forEach((item, index) => walk(item, items, `${path}[${index}]`, problems));
    return;
  }
  const ref = refOf(property);
  if (!isObject(value) || ref === undefined) return;
  const names = builtinDefinition(ref)?.["required"] as readonly string[] | undefined;
  for (const name of names ?? []) if (isMissing(value[name])) problems.push(required(`${path}.${name}`, ""));
  for (const [key, part] of propertiesOf(ref)) if (value[key] !== undefined) walk(value[key], part, `${path}.${key}`, problems);
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function refOf(property: OpenApiDefinition): string | undefined {
  const ref = property["$ref"] ?? (property["allOf"] as readonly { readonly $ref?: string }[] | undefined)?.[0]?.$ref;
  return typeof ref === "string" ? ref.slice(REF.length) : undefined;
}
