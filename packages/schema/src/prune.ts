import { childPath, isObject, propertySchema, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

export interface PruneOptions {
  /**
   * The value is a whole object: its `apiVersion`, `kind` and `metadata` stay even when the schema does not mention them.
   * @default false
   */
  readonly isResourceRoot?: boolean;
}

export interface Pruned<T> {
  readonly value: T;
  /** The paths of what was removed, in the order they were found: `spec.list[0].typo`. */
  readonly pruned: readonly string[];
}

/**
 * A value without the fields its schema does not know. `x-kubernetes-preserve-unknown-fields` keeps them, down to where
 * properties are spelled out again; embedded resources keep `apiVersion`, `kind` and `metadata`.
 *
 * The value is not changed; the result shares the parts that stayed the same.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/pruning/algorithm.go`.
 */
export function prune<T>(schema: StructuralSchema, value: T, options: PruneOptions = {}): Pruned<T> {
  const pruned: string[] = [];
  const isRoot = options.isResourceRoot === true;
  return { value: pruneValue(schema, value, "", isRoot, pruned) as T, pruned };
}

function pruneValue(schema: StructuralSchema | undefined, value: unknown, path: string, isRoot: boolean, pruned: string[]): unknown {
  const keepsUnknown = schema?.["x-kubernetes-preserve-unknown-fields"] === true;
  if (Array.isArray(value)) {
    // Below a list that keeps unknown fields, items without a schema are left alone.
    if (keepsUnknown && schema?.items === undefined) return value;
    const result = value.map((item, i) => {
      const itemPath = `${path}[${i}]`;
      return keepsUnknown && schema?.items !== undefined
        ? pruneValue({ ...itemsOf(schema), "x-kubernetes-preserve-unknown-fields": true }, item, itemPath, false, pruned)
        : pruneValue(schema?.items, item, itemPath, false, pruned);
    });
    return result.some((item, i) => item !== value[i]) ? result : value;
  }
  return isObject(value) ? pruneObject(schema, value, path, isRoot, keepsUnknown, pruned) : value;
}

/** Read once, for it may be a getter. */
function itemsOf(schema: StructuralSchema): StructuralSchema {
  return schema.items ?? {};
}

function pruneObject(
  schema: StructuralSchema | undefined,
  object: JsonObject,
  path: string,
  isRoot: boolean,
  keepsUnknown: boolean,
  pruned: string[],
): JsonObject {
  const isResource = isRoot || schema?.["x-kubernetes-embedded-resource"] === true;
  const entries: [string, unknown][] = [];
  let isSame = true;
  for (const [key, value] of Object.entries(object)) {
    const keyPath = childPath(path, key);
    const property = propertySchema(schema, key);
    const additional = schema?.additionalProperties;
    let next = value;
    if (isResource && TYPE_AND_META.has(key)) next = value;
    else if (property !== undefined) next = pruneValue(property, value, keyPath, false, pruned);
    else if (additional !== undefined) {
      // `true` and `false` keep the key and say nothing about what is below: objects there are emptied, as on the server.
      next = pruneValue(typeof additional === "boolean" ? undefined : additional, value, keyPath, false, pruned);
    } else if (!keepsUnknown) {
      isSame = false;
      pruned.push(keyPath);
      continue;
    }
    if (next !== value) isSame = false;
    entries.push([key, next]);
  }
  return isSame ? object : Object.fromEntries(entries);
}

const TYPE_AND_META: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);
