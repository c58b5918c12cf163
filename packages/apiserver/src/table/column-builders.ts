import { type JsonObject, isObject, listAt, objectAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import type { Cell } from "./cell-at.ts";
import { AGE_TEXT, NAME_TEXT } from "./column-texts.ts";
import { ageOf } from "./human-duration.ts";

export type CellOf = (object: JsonObject, nowMs: number) => Cell;

export function text(name: string, description: string, cell: CellOf): Column {
  return { name, type: "string", format: "", description, priority: 0, cell };
}

export function integer(name: string, description: string, cell: CellOf): Column {
  return { ...text(name, description, cell), type: "integer" };
}

export function flag(name: string, description: string, cell: CellOf): Column {
  return { ...text(name, description, cell), type: "boolean" };
}

/** Shown with `-o wide` only. */
export function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

/** The text at a path of field names; empty when there is none. */
export function at(...path: string[]): CellOf {
  return (object) => {
    const value = path.reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), object);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : "";
  };
}

export function or(fallback: string, cell: CellOf): CellOf {
  return (object, nowMs) => {
    const value = cell(object, nowMs);
    return value === "" ? fallback : value;
  };
}

export function number(...path: string[]): CellOf {
  const read = at(...path);
  return (object, nowMs) => {
    const value = read(object, nowMs);
    return typeof value === "number" ? value : 0;
  };
}

export function meta(object: JsonObject): JsonObject {
  return objectAt(object, "metadata");
}

export function spec(object: JsonObject): JsonObject {
  return objectAt(object, "spec");
}

export function status(object: JsonObject): JsonObject {
  return objectAt(object, "status");
}

export function objects(value: unknown, key: string): readonly JsonObject[] {
  return listAt(value, key).filter(isObject);
}

export function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
}

export function joined(items: readonly string[], empty = ""): string {
  return items.length === 0 ? empty : items.join(",");
}

/** The first three, and how many more. */
export function firstThree(items: readonly string[], empty: string): string {
  if (items.length === 0) return empty;
  const more = items.length - 3;
  return more > 0 ? `${items.slice(0, 3).join(",")} + ${more} more...` : items.join(",");
}

export const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: NAME_TEXT,
  priority: 0,
  cell: at("metadata", "name"),
};
export const AGE: Column = text("Age", AGE_TEXT, (object, nowMs) => ageOf(meta(object)["creationTimestamp"], nowMs));
export const CREATED: Column = {
  name: "Created At",
  type: "date",
  format: "",
  description: AGE_TEXT,
  priority: 0,
  cell: (object) => (meta(object)["creationTimestamp"] as string | undefined) ?? null,
};
export const DEFAULT: readonly Column[] = [NAME, CREATED];
