import { additionalSchema, propertySchema } from "../schema-tree.ts";
import type { StructuralSchema } from "../structural-schema.ts";

/**
 * Where a rule's `fieldPath` leads, as messages write it: `.spec['x/y']` to `.spec[x/y]`. Undefined for one that leads nowhere in the schema.
 * Source: apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go` ValidFieldPath.
 */
export function ruleField(schema: StructuralSchema, fieldPath: string): string | undefined {
  let at: StructuralSchema | undefined = schema;
  let shown = "";
  let rest = fieldPath;
  while (rest !== "") {
    const match: RegExpExecArray | null = /^(?:\.([^.[\]']+)|\['((?:[^'\\]|\\.)+)'\])/.exec(rest);
    if (match === null) return undefined;
    const key: string = match[1] ?? (match[2] ?? "").replaceAll(/\\(.)/g, "$1");
    const property = propertySchema(at, key);
    const additional = additionalSchema(at);
    if (property !== undefined) shown += `.${key}`;
    else if (additional !== undefined) shown += `[${key}]`;
    else return undefined;
    at = property ?? additional;
    rest = rest.slice(match[0].length);
  }
  return shown;
}
