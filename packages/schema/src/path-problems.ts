import type { KindDefinition } from "@operatorkit/object";
import { invalid, type FieldError } from "./field-error.ts";
import { fieldSchema, typesOf } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * Paths of a kind that lead nowhere in its schema. An API server takes most of them and then shows nothing, so a misspelled
 * one would only be seen by whoever misses the column.
 */
export function pathProblems(definition: KindDefinition, schema: StructuralSchema): readonly FieldError[] {
  const { scale, columns, selectableFields } = definition;
  return [
    ...(scale === undefined
      ? []
      : [
          ...pathProblem("scale.specReplicasPath", scale.specReplicasPath, schema, ["integer"]),
          ...pathProblem("scale.statusReplicasPath", scale.statusReplicasPath, schema, ["integer"]),
          ...(scale.labelSelectorPath === undefined
            ? []
            : pathProblem("scale.labelSelectorPath", scale.labelSelectorPath, schema, ["string"])),
        ]),
    ...columns.flatMap(({ jsonPath }, i) => pathProblem(`columns[${i}].jsonPath`, jsonPath, schema)),
    ...selectableFields.flatMap((path, i) => pathProblem(`selectableFields[${i}]`, path, schema, ["string", "boolean", "integer"])),
  ];
}

function pathProblem(option: string, path: string, root: StructuralSchema, types?: readonly string[]): readonly FieldError[] {
  // Only plain paths are followed: brackets, wildcards and filters may mean anything.
  if (!/^(?:\.[A-Za-z0-9_-]+)+$/.test(path) || path.startsWith(".metadata.")) return [];
  let schema = root;
  for (const key of path.slice(1).split(".")) {
    const next = fieldSchema(schema, key);
    if (next === undefined) {
      const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true;
      return isOpen ? [] : [invalid(option, path, "the schema has no such field")];
    }
    schema = next;
  }
  if (types === undefined || typesOf(schema).some((type) => types.includes(type))) return [];
  return [invalid(option, path, `the field must be of type ${types.join(" or ")}`)];
}
