/** A JSON object the server is working on. What is stored is frozen by agreement: it is replaced, never changed. */
export interface JsonObject {
  [key: string]: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at `key`, or an empty one that is not attached. */
export function objectAt(value: unknown, key: string): JsonObject {
  const part = isObject(value) ? value[key] : undefined;
  return isObject(part) ? part : {};
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  const part = isObject(value) ? value[key] : undefined;
  return Array.isArray(part) ? part : [];
}

export function stringAt(value: unknown, key: string): string {
  const part = isObject(value) ? value[key] : undefined;
  return typeof part === "string" ? part : "";
}

/** The value at a path of property names. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let part: unknown = value;
  for (const key of path) {
    if (!isObject(part)) return undefined;
    part = part[key];
  }
  return part;
}
