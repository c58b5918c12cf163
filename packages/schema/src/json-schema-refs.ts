import { isObject, type JsonObject } from "./schema-tree.ts";
import { UnsupportedSchemaError } from "./unsupported-schema-error.ts";

/**
 * Puts what a schema refers to in the place of each `$ref`, for a CRD knows no references.
 * @throws {UnsupportedSchemaError} when a schema contains itself
 */
export function withoutRefs(root: JsonObject, path: string): JsonObject {
  return resolved(root, root, path, []) as JsonObject;
}

function resolved(value: unknown, root: JsonObject, path: string, open: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, root, path, open));
  if (!isObject(value)) return value;
  const { $ref, ...own } = value;
  if (typeof $ref === "string") {
    if (open.includes($ref) || $ref === "#") {
      const why = "it contains itself, which a CRD cannot say; leave the inner part open with x-kubernetes-preserve-unknown-fields";
      throw new UnsupportedSchemaError(path, why);
    }
    const target = targetOf($ref, root);
    if (target === undefined) throw new UnsupportedSchemaError(path, `it refers to ${$ref}, which is not in the schema`);
    return resolved({ ...target, ...own }, root, path, [...open, $ref]);
  }
  const entries = Object.entries(value).filter(([key]) => key !== "$defs" && key !== "definitions");
  return Object.fromEntries(entries.map(([key, item]) => [key, DATA.has(key) ? item : below(key, item, root, path, open)] as const));
}

/** Values, not schemas: a `$ref` in them means nothing. */
const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples", "example"]);

function below(key: string, item: unknown, root: JsonObject, path: string, open: readonly string[]): unknown {
  if (key === "items") return resolved(item, root, `${path}[]`, open);
  if (key === "additionalProperties") return resolved(item, root, `${path}.*`, open);
  if (key !== "properties" || !isObject(item)) return resolved(item, root, path, open);
  return Object.fromEntries(
    Object.entries(item).map(([name, property]) => [name, resolved(property, root, `${path}.${name}`, open)] as const),
  );
}

function targetOf(ref: string, root: JsonObject): JsonObject | undefined {
  const name = ref
    .replace(/^#\/(?:\$defs|definitions)\//, "")
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
  for (const definitions of [root["$defs"], root["definitions"]]) {
    if (isObject(definitions) && Object.hasOwn(definitions, name) && isObject(definitions[name])) return definitions[name];
  }
  return undefined;
}
