import type { StructuralSchema } from "./structural-schema.ts";

/**
 * Whether a schema has a rule (`x-kubernetes-validations`) anywhere. Schemas that contain themselves are fine.
 */
export function hasValidationRules(schema: StructuralSchema): boolean {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const found = search(schema, new Set());
  cache.set(schema, found);
  return found;
}

const cache = new WeakMap<StructuralSchema, boolean>();

function search(schema: StructuralSchema, seen: Set<StructuralSchema>): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if ((schema["x-kubernetes-validations"] ?? []).length > 0) return true;
  const { additionalProperties, items } = schema;
  return (
    Object.values(schema.properties ?? {}).some((property) => search(property, seen)) ||
    (items !== undefined && search(items, seen)) ||
    (typeof additionalProperties === "object" && search(additionalProperties, seen))
  );
}
