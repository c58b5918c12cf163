import { type JsonObject, isObject, listAt, stringAt } from "../json-object.ts";
import type { Column } from "../resource-descriptor.ts";
import { AGE_TEXT, NAME_TEXT } from "./column-texts.ts";

const TYPES: ReadonlySet<string> = new Set<Column["type"]>(["string", "integer", "number", "boolean", "date"]);

/**
 * The columns of a custom resource: its name, then the version's `additionalPrinterColumns`; without any, its age.
 * Source: apiextensions `registry/customresource/tableconvertor/tableconvertor.go`.
 */
export function customColumns(crdVersion: JsonObject): readonly Column[] {
  const printed = listAt(crdVersion, "additionalPrinterColumns").filter(isObject);
  const name: Column = { name: "Name", type: "string", format: "name", description: NAME_TEXT, priority: 0, jsonPath: ".metadata.name" };
  if (printed.length === 0) {
    return [name, { name: "Age", type: "date", format: "", description: AGE_TEXT, priority: 0, jsonPath: ".metadata.creationTimestamp" }];
  }
  return [name, ...printed.map(columnOf)];
}

function columnOf(printed: JsonObject): Column {
  const jsonPath = stringAt(printed, "jsonPath");
  const type = stringAt(printed, "type");
  const { priority } = printed;
  return {
    name: stringAt(printed, "name"),
    type: TYPES.has(type) ? (type as Column["type"]) : "string",
    format: stringAt(printed, "format"),
    description: stringAt(printed, "description") || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: typeof priority === "number" ? priority : 0,
    jsonPath,
  };
}
