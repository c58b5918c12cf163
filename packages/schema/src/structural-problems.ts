import { forbidden, goJson, invalid, notSupported, required, type FieldError } from "./field-error.ts";
import { patternProblem } from "./pattern.ts";
import { prune } from "./prune.ts";
import { childPath, isObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import { valueErrors } from "./validate.ts";

export interface StructuralProblemsOptions {
  /** What paths start with. @default "openAPIV3Schema" */
  readonly path?: string;
}

/**
 * Why an API server would refuse a CustomResourceDefinition with this schema, in its words; empty when it would not.
 * The schema must be finite: a CRD cannot contain itself. Rules in CEL are not compiled.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`, `pkg/apiserver/schema/validation.go`;
 * recorded from kube-apiserver 1.36.
 */
export function structuralSchemaProblems(schema: StructuralSchema, options: StructuralProblemsOptions = {}): readonly FieldError[] {
  const path = options.path ?? "openAPIV3Schema";
  const problems = schema.nullable === true ? [forbidden(`${path}.nullable`, "nullable cannot be true at the root")] : [];
  problems.push(...openApiProblems(schema, path));
  // What is not even OpenAPI as Kubernetes knows it is not looked at further.
  if (problems.some(({ reason, field }) => reason === "FieldValueForbidden" && UNREADABLE.test(field))) return problems;
  problems.push(...shapeProblems(schema, "root", path));
  if (problems.length === 0) problems.push(...defaultProblems(schema, path));
  return problems;
}

const UNSUPPORTED = ["$ref", "$schema", "id", "patternProperties", "dependencies", "additionalItems", "definitions"] as const;
const UNREADABLE = new RegExp(`\\.(?:items|${UNSUPPORTED.map((name) => name.replace("$", "\\$")).join("|")})$`);
const TYPES = ["array", "boolean", "integer", "number", "object", "string"] as const;

/** A schema as it came, which may have what the type does not allow. */
type Loose = StructuralSchema & Readonly<Record<string, unknown>>;

function openApiProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  const loose = schema as Loose;
  const problems: FieldError[] = UNSUPPORTED.filter((name) => loose[name] !== undefined).map((name) =>
    forbidden(`${path}.${name}`, `${name} is not supported`),
  );
  const type: string | undefined = schema.type;
  if (type === "null") problems.push(forbidden(`${path}.type`, "type cannot be set to null, use nullable as an alternative"));
  if (type !== undefined && !(TYPES as readonly string[]).includes(type)) problems.push(notSupported(`${path}.type`, type, TYPES));
  if (schema.uniqueItems === true) {
    problems.push(forbidden(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
  }
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) {
    if (schema.additionalProperties === false || typeof schema.additionalProperties === "object") {
      problems.push(forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"));
    }
  }
  if (Array.isArray(schema.items)) problems.push(forbidden(`${path}.items`, "items must be a schema object and not an array"));
  problems.push(...extensionProblems(schema, path));
  for (const [child, childPath] of children(schema, path)) problems.push(...openApiProblems(child, childPath));
  return problems;
}

/** Every schema directly inside a schema, with its path. */
function children(schema: StructuralSchema, path: string): readonly (readonly [StructuralSchema, string])[] {
  const found: [unknown, string][] = [
    ...Object.entries(schema.properties ?? {}).map(([key, child]): [unknown, string] => [child, `${path}.properties[${key}]`]),
    [schema.additionalProperties, `${path}.additionalProperties`],
    [schema.items, `${path}.items`],
    [schema.not, `${path}.not`],
    ...(["allOf", "anyOf", "oneOf"] as const).flatMap((junctor) =>
      (schema[junctor] ?? []).map((child, i): [unknown, string] => [child, `${path}.${junctor}[${i}]`]),
    ),
  ];
  return found.filter((pair): pair is [StructuralSchema, string] => isObject(pair[0]));
}

function extensionProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  const problems: FieldError[] = [];
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    problems.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  }
  const mapType: string | undefined = schema["x-kubernetes-map-type"];
  if (mapType !== undefined) {
    if (mapType !== "atomic" && mapType !== "granular") {
      problems.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ["atomic", "granular"]));
    }
    if (schema.type !== "object") problems.push(typeProblem(schema, path, "must be object if x-kubernetes-map-type is specified"));
  }
  return [...problems, ...listTypeProblems(schema, path)];
}

function typeProblem(schema: StructuralSchema, path: string, why: string): FieldError {
  return schema.type === undefined ? required(`${path}.type`, why) : invalid(`${path}.type`, schema.type, why);
}

function listTypeProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  const listType: string | undefined = schema["x-kubernetes-list-type"];
  const mapKeys = schema["x-kubernetes-list-map-keys"] ?? [];
  const problems: FieldError[] = [];
  if (listType !== undefined) {
    if (schema.type !== "array") problems.push(typeProblem(schema, path, "must be array if x-kubernetes-list-type is specified"));
    if (!["atomic", "set", "map"].includes(listType)) {
      problems.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ["atomic", "set", "map"]));
    }
  }
  if (mapKeys.length > 0 && listType !== "map") {
    const why = "must be map if x-kubernetes-list-map-keys is non-empty";
    problems.push(
      listType === undefined ? required(`${path}.x-kubernetes-list-type`, why) : invalid(`${path}.x-kubernetes-list-type`, listType, why),
    );
  }
  if (listType === "set" && schema.items !== undefined) problems.push(...setItemProblems(schema.items, `${path}.items`));
  if (listType === "map") problems.push(...mapItemProblems(schema, mapKeys, path));
  return problems;
}

function setItemProblems(items: StructuralSchema, path: string): readonly FieldError[] {
  const problems: FieldError[] = [];
  if (items.nullable === true) problems.push(forbidden(`${path}.nullable`, "cannot be nullable when x-kubernetes-list-type is set"));
  if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic") {
    problems.push(
      invalid(
        `${path}.x-kubernetes-map-type`,
        items["x-kubernetes-map-type"] ?? null,
        "must be atomic as item of a list with x-kubernetes-list-type=set",
      ),
    );
  }
  const listType = items["x-kubernetes-list-type"];
  if (items.type === "array" && listType !== undefined && listType !== "atomic") {
    problems.push(invalid(`${path}.x-kubernetes-list-type`, listType, "must be atomic as item of a list with x-kubernetes-list-type=set"));
  }
  return problems;
}

function mapItemProblems(schema: StructuralSchema, mapKeys: readonly string[], path: string): readonly FieldError[] {
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  if (mapKeys.length === 0) return [required(keysPath, "must not be empty if x-kubernetes-list-type is map")];
  const { items } = schema;
  if (items === undefined) return [];
  if (items.type !== "object")
    return [typeProblem(items, `${path}.items`, "must be object if parent array's x-kubernetes-list-type is map")];
  const problems: FieldError[] = [];
  if (new Set(mapKeys).size < mapKeys.length) problems.push(invalid(keysPath, mapKeys, "must not contain duplicate entries"));
  for (const key of new Set(mapKeys)) {
    const property = items.properties?.[key];
    const keyPath = `${path}.items.properties[${key}]`;
    if (property === undefined) {
      problems.push(invalid(keysPath, mapKeys, "entries must all be names of item properties"));
      continue;
    }
    if (property.type === "object" || property.type === "array") {
      problems.push(invalid(`${keyPath}.type`, property.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (property.nullable === true) {
      problems.push(forbidden(`${keyPath}.nullable`, "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
    }
    if (property.default === undefined && items.required?.includes(key) !== true) {
      const why = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
      problems.push(required(`${keyPath}.default`, why));
    }
  }
  return problems;
}

type Level = "root" | "item" | "field";

/** What makes a schema structural: the type of every value is said outside of allOf, anyOf, oneOf and not. */
function shapeProblems(schema: StructuralSchema, level: Level, path: string): readonly FieldError[] {
  const problems: FieldError[] = [];
  if (schema.type === "array" && schema.items === undefined) problems.push(required(`${path}.items`, "must be specified"));
  if (schema.items !== undefined) problems.push(...shapeProblems(schema.items, "item", `${path}.items`));
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    problems.push(...shapeProblems(property, "field", `${path}.properties[${key}]`));
  }
  if (schema.additionalProperties !== undefined) {
    const additionalPath = `${path}.additionalProperties`;
    if (level === "root") problems.push(forbidden(additionalPath, "must not be used at the root"));
    if (schema["x-kubernetes-embedded-resource"] === true) {
      problems.push(forbidden(additionalPath, "must not be used if x-kubernetes-embedded-resource is set"));
    }
    if (typeof schema.additionalProperties === "object") {
      problems.push(...shapeProblems(schema.additionalProperties, "field", additionalPath));
    }
  }
  problems.push(...exclusionProblems(schema, path), ...typeLevelProblems(schema, level, path));
  problems.push(...valueProblems(schema, path, intOrStringJunctor(schema)), ...metadataProblems(schema, level, path));
  return problems;
}

function exclusionProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  if (schema["x-kubernetes-int-or-string"] !== true) return [];
  return (["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] as const)
    .filter((extension) => schema[extension] === true)
    .map((extension) => invalid(`${path}.${extension}`, true, "must be false if x-kubernetes-int-or-string is true"));
}

function typeLevelProblems(schema: StructuralSchema, level: Level, path: string): readonly FieldError[] {
  if (schema["x-kubernetes-embedded-resource"] === true && schema.type !== "object") {
    return [typeProblem(schema, path, "must be object if x-kubernetes-embedded-resource is true")];
  }
  if (schema.type !== undefined)
    return level === "root" && schema.type !== "object" ? [typeProblem(schema, path, "must be object at the root")] : [];
  if (schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true) return [];
  const where = { root: "at the root", item: "for specified array items", field: "for specified object fields" }[level];
  return [required(`${path}.type`, `must not be empty ${where}`)];
}

/** Where an int-or-string may repeat its two types: its anyOf, or the anyOf of the first allOf. */
function intOrStringJunctor(schema: StructuralSchema): "anyOf" | "allOf" | undefined {
  if (isIntOrString(schema.anyOf)) return "anyOf";
  return isIntOrString(schema.allOf?.[0]?.anyOf) ? "allOf" : undefined;
}

function isIntOrString(anyOf: readonly StructuralSchema[] | undefined): boolean {
  return goJson(anyOf) === '[{"type":"integer"},{"type":"string"}]';
}

/** `spared` is the junctor whose types are fine. */
function valueProblems(schema: StructuralSchema, path: string, spared?: "anyOf" | "allOf"): readonly FieldError[] {
  const problems: FieldError[] = [];
  if (spared !== "anyOf")
    for (const [i, nested] of (schema.anyOf ?? []).entries()) problems.push(...nestedProblems(nested, `${path}.anyOf[${i}]`));
  for (const [i, nested] of (schema.allOf ?? []).entries()) {
    problems.push(...nestedProblems(nested, `${path}.allOf[${i}]`, spared === "allOf" && i === 0 ? "anyOf" : undefined));
  }
  for (const [i, nested] of (schema.oneOf ?? []).entries()) problems.push(...nestedProblems(nested, `${path}.oneOf[${i}]`));
  if (schema.not !== undefined) problems.push(...nestedProblems(schema.not, `${path}.not`));
  const patternWrong = schema.pattern === undefined ? undefined : patternProblem(schema.pattern);
  if (patternWrong !== undefined) {
    problems.push(invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${patternWrong}`));
  }
  return problems;
}

const NESTED_FORBIDDEN = [
  ["type", "must be empty to be structural"],
  ["additionalProperties", "must be undefined to be structural"],
  ["default", "must be undefined to be structural"],
  ["title", "must be empty to be structural"],
  ["description", "must be empty to be structural"],
  ["nullable", "must be false to be structural"],
  ["externalDocs", "must be undefined to be structural"],
  ["x-kubernetes-preserve-unknown-fields", "must be false to be structural"],
  ["x-kubernetes-embedded-resource", "must be false to be structural"],
  ["x-kubernetes-int-or-string", "must be false to be structural"],
  ["x-kubernetes-list-map-keys", "must be empty to be structural"],
  ["x-kubernetes-list-type", "must be undefined to be structural"],
  ["x-kubernetes-map-type", "must be undefined to be structural"],
  ["x-kubernetes-validations", "must be empty to be structural"],
] as const;

function nestedProblems(schema: StructuralSchema, path: string, spared?: "anyOf"): readonly FieldError[] {
  const problems: FieldError[] = [...valueProblems(schema, path, spared)];
  if (schema.items !== undefined) problems.push(...nestedProblems(schema.items, `${path}.items`));
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    problems.push(...nestedProblems(property, `${path}.properties[${key}]`));
    if (key === "metadata") problems.push(forbidden(`${path}.properties[metadata]`, "must not be specified in a nested context"));
  }
  for (const [name, why] of NESTED_FORBIDDEN) {
    const value = schema[name];
    if (value !== undefined && value !== false && value !== null) problems.push(forbidden(`${path}.${name}`, why));
  }
  return problems;
}

function metadataProblems(schema: StructuralSchema, level: Level, path: string): readonly FieldError[] {
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  const problems: FieldError[] = [];
  if (level === "root" || isResource) {
    for (const [key, type] of [
      ["kind", "string"],
      ["apiVersion", "string"],
      ["metadata", "object"],
    ] as const) {
      const property = schema.properties?.[key];
      if (property !== undefined && property.type !== type) {
        problems.push(invalid(`${path}.properties[${key}].type`, property.type ?? "", `must be ${type}`));
      }
    }
  }
  const metadata = schema.properties?.["metadata"];
  if (level === "root" && metadata !== undefined) problems.push(...rootMetadataProblems(metadata, `${path}.properties[metadata]`));
  if (isResource && schema["x-kubernetes-preserve-unknown-fields"] !== true && Object.keys(schema.properties ?? {}).length === 0) {
    const why = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    problems.push(required(`${path}.properties`, why));
  }
  return problems;
}

function rootMetadataProblems(metadata: StructuralSchema, path: string): readonly FieldError[] {
  if (metadata.default !== undefined && metadata.default !== null) {
    return [forbidden(`${path}.default`, "must not be set in top-level metadata")];
  }
  const { type: _, properties = {}, ...rest } = metadata;
  const isPlain = Object.keys(properties).every((key) => key === "name" || key === "generateName");
  if (isPlain && Object.keys(rest).length === 0) return [];
  return [forbidden(path, "must not specify anything other than name and generateName, but metadata is implicitly specified")];
}

/** A default must be a value that the schema would let through unchanged. */
function defaultProblems(schema: StructuralSchema, path: string): readonly FieldError[] {
  const own =
    schema.default === undefined || schema.default === null ? [] : valueOfDefaultProblems(schema, schema.default, `${path}.default`);
  // The server does not look at defaults below additionalProperties; nested schemas may not have any.
  const nested = children(schema, path).filter(([, childPath]) => /\.(?:items|properties\[.*\])$/.test(childPath));
  return [...own, ...nested.flatMap(([child, childPath]) => defaultProblems(child, childPath))];
}

function valueOfDefaultProblems(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  if (prune(schema, value).pruned.length > 0) return [invalid(path, value, "must not have unknown fields")];
  // Paths in messages start at the default, as on the server; fields are the schema's.
  return valueErrors(schema, value, "").map((error) => ({
    ...error,
    field: error.field === "<nil>" ? path : childPath(path, error.field),
  }));
}
