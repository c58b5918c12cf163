import type { Column } from "../resource-descriptor.ts";
import { goText } from "./go-text.ts";
import { ageOf } from "./human-duration.ts";
import { compileJsonPath, type JsonPath } from "./json-path.ts";

export type Cell = string | number | boolean | null;

/**
 * What a custom resource's column shows: the first value its path finds, when it is of the column's type, else nothing.
 * Dates become ages. Source: apiextensions `tableconvertor.go` (cellForJSONValue).
 */
export function cellAt(jsonPath: string, type: Column["type"], object: unknown, nowMs: number): Cell {
  const found = pathOf(jsonPath)(object);
  if (found.length === 0) return null;
  const [value] = found;
  switch (type) {
    case "string":
      return goText(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date":
      return typeof value === "string" ? ageOf(value, nowMs) : null;
  }
}

const compiled = new Map<string, JsonPath>();
const MAX_COMPILED = 1_000;

/** Paths are few and used for every row; a path that cannot be read finds nothing. */
function pathOf(text: string): JsonPath {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const path = tryCompile(text);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(text, path);
  return path;
}

function tryCompile(text: string): JsonPath {
  try {
    return compileJsonPath(text);
  } catch {
    return () => [];
  }
}
