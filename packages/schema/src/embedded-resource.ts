import { dns1035LabelProblems, dns1123LabelProblems, labelValueProblems, qualifiedNameProblems } from "@operatorkit/object";
import { invalid, required, type FieldError } from "./field-error.ts";
import { additionalSchema, childPath, isObject, propertySchema, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * What is wrong with the type and metadata of objects inside an object (`x-kubernetes-embedded-resource`).
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/objectmeta/validation.go`.
 */
export function embeddedResourceErrors(schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, value, path, errors);
  return errors;
}

function walk(schema: StructuralSchema, value: unknown, path: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) value.forEach((item, i) => typeof item === "object" && walk(items, item, `${path}[${i}]`, errors));
  } else if (isObject(value)) {
    if (schema["x-kubernetes-embedded-resource"] === true) errors.push(...resourceErrors(value, path));
    const additional = additionalSchema(schema);
    for (const key of Object.keys(value)) {
      if (typeof value[key] !== "object") continue;
      const property = propertySchema(schema, key);
      if (property !== undefined) walk(property, value[key], childPath(path, key), errors);
      else if (additional !== undefined) walk(additional, value[key], `${path}[${key}]`, errors);
    }
  }
}

function resourceErrors(resource: JsonObject, path: string): readonly FieldError[] {
  return [
    ...nameErrors(resource["apiVersion"], `${path}.apiVersion`, (apiVersion) =>
      apiVersion.split("/").length > 2 ? [`unexpected GroupVersion string: ${apiVersion}`] : [],
    ),
    ...nameErrors(resource["kind"], `${path}.kind`, (kind) => {
      const problems = dns1035LabelProblems(kind.toLowerCase());
      return problems.length === 0 ? [] : [`may have mixed case, but should otherwise match: ${problems.join(",")}`];
    }),
    ...(resource["metadata"] === undefined ? [] : metadataErrors(resource["metadata"], `${path}.metadata`)),
  ];
}

function nameErrors(name: unknown, path: string, problemsOf: (name: string) => readonly string[]): readonly FieldError[] {
  if (name === undefined || name === "") return [required(path)];
  if (typeof name !== "string") return [invalid(path, name, "must be a string")];
  return problemsOf(name).map((problem) => invalid(path, name, problem));
}

function metadataErrors(metadata: unknown, path: string): readonly FieldError[] {
  if (!isObject(metadata)) return [invalid(path, metadata, "must be an object")];
  const { name, namespace, labels, annotations, finalizers } = metadata;
  return [
    ...strings([name]).flatMap((one) => pathSegmentProblems(one).map((problem) => invalid(`${path}.name`, one, problem))),
    ...strings([namespace]).flatMap((one) =>
      one === "" ? [] : dns1123LabelProblems(one).map((problem) => invalid(`${path}.namespace`, one, problem)),
    ),
    ...entries(annotations).flatMap(([key]) =>
      qualifiedNameProblems(key.toLowerCase()).map((problem) => invalid(`${path}.annotations`, key, problem)),
    ),
    ...entries(labels).flatMap(([key, value]) => [
      ...qualifiedNameProblems(key).map((problem) => invalid(`${path}.labels`, key, problem)),
      ...strings([value]).flatMap((one) => labelValueProblems(one).map((problem) => invalid(`${path}.labels`, one, problem))),
    ]),
    ...strings(Array.isArray(finalizers) ? finalizers : []).flatMap((one) =>
      qualifiedNameProblems(one).map((problem) => invalid(`${path}.finalizers`, one, problem)),
    ),
  ];
}

/** Names are not checked further, for nobody knows what kind of object it will be. */
function pathSegmentProblems(name: string): readonly string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}

function strings(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : [];
}
