import { mutableCopy, type Immutable } from "@operatorkit/object";
import { fieldSchema, isObject, type JsonObject } from "./schema-tree.ts";
import type { StructuralSchema } from "./structural-schema.ts";

/**
 * A value with the defaults of its schema filled in, as an API server does when it reads an object: a property that is missing,
 * or null where null is not allowed, gets its default; a null that is not allowed and has no default is dropped.
 * Nothing is filled into objects that are themselves missing.
 *
 * The value is not changed; the result shares the parts that stayed the same, and is the value itself when all did.
 *
 * Source: k8s.io/apiextensions-apiserver `pkg/apiserver/schema/defaulting`.
 */
export function withDefaults<T>(schema: StructuralSchema, value: T): T {
  return defaulted(schema, value) as T;
}

function defaulted(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return defaultedArray(schema.items, value);
  return isObject(value) ? defaultedObject(schema, value) : value;
}

function defaultedArray(items: StructuralSchema | undefined, list: readonly unknown[]): readonly unknown[] {
  if (items === undefined) return list;
  const result = list.map((item) => defaulted(items, isUnwantedNull(items, item) && hasDefault(items) ? defaultOf(items) : item));
  return result.some((item, i) => item !== list[i]) ? result : list;
}

function defaultedObject(schema: StructuralSchema, object: JsonObject): JsonObject {
  const changes = new Map<string, unknown>();
  for (const [key, property] of propertiesWithDefault(schema)) {
    const isMissing = !Object.hasOwn(object, key) || object[key] === undefined;
    if (isMissing || isUnwantedNull(property, object[key])) changes.set(key, defaulted(property, defaultOf(property)));
  }
  for (const key of Object.keys(object)) {
    const field = changes.has(key) ? undefined : fieldSchema(schema, key);
    if (field === undefined) continue;
    const isNull = isUnwantedNull(field, object[key]);
    if (isNull && !hasDefault(field)) changes.set(key, DROPPED);
    else {
      const next = defaulted(field, isNull ? defaultOf(field) : object[key]);
      if (next !== object[key]) changes.set(key, next);
    }
  }
  return changes.size === 0 ? object : changed(object, changes);
}

/** Kinds have many properties and few defaults; schemas do not change. */
function propertiesWithDefault(schema: StructuralSchema): readonly (readonly [string, StructuralSchema])[] {
  const { properties } = schema;
  if (properties === undefined) return [];
  let found = withDefault.get(properties);
  if (found === undefined) {
    found = Object.entries(properties).filter(([, property]) => hasDefault(property));
    withDefault.set(properties, found);
  }
  return found;
}

const withDefault = new WeakMap<object, readonly (readonly [string, StructuralSchema])[]>();

const DROPPED: unique symbol = Symbol("dropped");

function changed(object: JsonObject, changes: ReadonlyMap<string, unknown>): JsonObject {
  const entries = new Map([...Object.entries(object), ...changes]);
  return Object.fromEntries([...entries].filter(([, value]) => value !== DROPPED));
}

/** A default of null counts as none, as on the server. */
function hasDefault(schema: StructuralSchema): boolean {
  return schema.default !== undefined && schema.default !== null;
}

/** A copy each time: two objects never share a default that somebody may change. */
function defaultOf(schema: StructuralSchema): Immutable<unknown> {
  return mutableCopy(schema.default);
}

function isUnwantedNull(schema: StructuralSchema, value: unknown): boolean {
  return value === null && schema.nullable !== true;
}
