import type { Json } from "@operatorkit/object";
import { isList, isMap } from "./shape.ts";

/** JSON as Go's format verbs show it: the API server's messages have such text in them. */

/** Go's `%T`. */
export function goType(value: Json): string {
  if (isList(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** Go's `%v`: maps in the order of their keys, text as it is. */
export function goString(value: Json): string {
  if (value === null) return "<nil>";
  if (isList(value)) return `[${value.map(goString).join(" ")}]`;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, part]) => `${key}:${goString(part)}`).join(" ")}]`;
}

/** Go's `%#v`. */
export function goSyntax(value: Json): string {
  if (value === null) return "interface {}(nil)";
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[string]interface {}{${entries.map(([key, part]) => `${JSON.stringify(key)}:${goSyntax(part)}`).join(", ")}}`;
}
