import { alwaysWritten } from "./always-written.ts";
import { builtinDefinition, builtinDefinitionName, type OpenApiDefinition } from "./builtin-definitions.ts";
import type { StructuralSchema } from "../structural-schema.ts";

/**
 * The structural schema of a built-in kind, or undefined when kube-apiserver 1.36 has no such kind. References are followed when a
 * part is first looked at, so recursive definitions (JSONSchemaProps) are fine as long as nobody walks the schema without an object.
 * Do not change it: every caller gets the same one.
 *
 * Differences from what the OpenAPI document says, which describes Go structs:
 * - a `default` that is only Go's zero value (`{}`, `""`, `0`, `false`) is left out, and listed in `x-operatorkit-zero` of the schema
 *   above, as is null for fields that are always written; one that the server really sets (`protocol: TCP`) is kept;
 * - `int-or-string` and quantities become `x-kubernetes-int-or-string` and "string or number" without `type`;
 * - `required` is kept: the server reports those fields too, but from code that knows more (conditional fields, empty strings).
 */
export function builtinSchema(group: string, version: string, kind: string): StructuralSchema | undefined {
  const name = builtinDefinitionName(group, version, kind);
  return name === undefined ? undefined : schemaOfDefinition(name);
}

const resolved = new Map<string, StructuralSchema>();

/** The structural schema of a definition by its name (`io.k8s.api.core.v1.PodSpec`). */
export function schemaOfDefinition(name: string): StructuralSchema {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  const definition = builtinDefinition(name);
  if (definition === undefined) throw new Error(`there is no built-in definition ${JSON.stringify(name)}`);
  const schema = OPAQUE[name] ?? schemaOf(definition, alwaysWritten[name]);
  resolved.set(name, schema);
  return schema;
}

const ANYTHING: StructuralSchema = { "x-kubernetes-preserve-unknown-fields": true };
const ANY_OBJECT: StructuralSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const APIEXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";

/** Definitions whose JSON has another shape than their definition tells. */
const OPAQUE: Readonly<Record<string, StructuralSchema>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { "x-kubernetes-int-or-string": true },
  "io.k8s.apimachinery.pkg.api.resource.Quantity": { anyOf: [{ type: "string" }, { type: "number" }] },
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": ANY_OBJECT,
  "io.k8s.apimachinery.pkg.runtime.RawExtension": { ...ANY_OBJECT, "x-kubernetes-map-type": "atomic" },
  [`${APIEXTENSIONS}.JSON`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrArray`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrBool`]: ANYTHING,
  [`${APIEXTENSIONS}.JSONSchemaPropsOrStringArray`]: ANYTHING,
};

const REF = "#/components/schemas/";

function schemaOf(definition: OpenApiDefinition, nulls: readonly string[] = []): StructuralSchema {
  const { $ref, allOf, default: fallback, properties, items, additionalProperties, ...rest } = definition;
  const ref = $ref ?? (allOf as readonly { readonly $ref: string }[] | undefined)?.[0]?.$ref;
  if (typeof ref === "string") return withSiblings(schemaOfDefinition(ref.slice(REF.length)), rest);
  const schema: Record<string, unknown> = rest;
  if (fallback !== undefined && !isZero(fallback)) schema["default"] = fallback;
  if (properties !== undefined) {
    const parts = {};
    for (const [name, part] of Object.entries(properties as Record<string, OpenApiDefinition>)) lazily(parts, name, () => schemaOf(part));
    schema["properties"] = parts;
    const zeros = Object.entries(properties as Record<string, OpenApiDefinition>).flatMap(([name, part]) =>
      part["default"] !== undefined && isZero(part["default"]) ? [[name, part["default"]] as const] : [],
    );
    zeros.push(...nulls.map((name) => [name, null] as const));
    if (zeros.length > 0) schema["x-operatorkit-zero"] = Object.fromEntries(zeros);
  }
  if (items !== undefined) lazily(schema, "items", () => schemaOf(items as OpenApiDefinition));
  if (typeof additionalProperties === "boolean") schema["additionalProperties"] = additionalProperties;
  else if (additionalProperties !== undefined) {
    lazily(schema, "additionalProperties", () => schemaOf(additionalProperties as OpenApiDefinition));
  }
  return schema;
}

/** A reference with keywords beside it (`x-kubernetes-patch-strategy`): the definition's own parts, shared, and these on top. */
function withSiblings(target: StructuralSchema, siblings: Readonly<Record<string, unknown>>): StructuralSchema {
  const { description: _, ...keywords } = siblings;
  if (Object.keys(keywords).length === 0) return target;
  const schema = Object.defineProperties({}, Object.getOwnPropertyDescriptors(target));
  return Object.assign(schema, keywords) as StructuralSchema;
}

/** A property that is computed when first read. */
function lazily(target: object, property: string, compute: () => unknown): void {
  let value: unknown;
  let isKnown = false;
  const get = (): unknown => {
    if (!isKnown) {
      value = compute();
      isKnown = true;
    }
    return value;
  };
  Object.defineProperty(target, property, { get, enumerable: true, configurable: true });
}

/** Go's zero value of a field that is not a pointer: OpenAPI calls it a default, the server sets nothing. */
function isZero(value: unknown): boolean {
  if (value === "" || value === 0 || value === false) return true;
  return value !== null && typeof value === "object" && Object.keys(value).length === 0;
}
