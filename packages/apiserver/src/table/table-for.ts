import type { JsonObject } from "../json-object.ts";
import type { Column, ResourceDescriptor } from "../resource-descriptor.ts";
import { type Cell, cellAt } from "./cell-at.ts";
import { DEFAULT } from "./column-builders.ts";

export interface TableOptions {
  /** What each row carries of its object beside the cells. */
  readonly includeObject: "None" | "Metadata" | "Object";
  readonly nowMs: number;
  /** resourceVersion, continue, remainingItemCount. */
  readonly listMetadata: JsonObject;
  readonly version: "v1" | "v1beta1";
  /** A watch sends the columns with its first event only. @default true */
  readonly withColumns?: boolean;
}

/**
 * Objects as a meta.k8s.io Table, which is what `kubectl get` prints: one row per object, its cells computed by the descriptor's columns.
 * No rows are null where a kind has no columns of its own.
 * Source: KEP-2884; apiserver `endpoints/handlers/response.go` (asTable).
 */
export function tableFor(
  descriptor: Pick<ResourceDescriptor, "columns">,
  objects: readonly JsonObject[],
  options: TableOptions,
): JsonObject {
  const { includeObject, nowMs, listMetadata, version, withColumns = true } = options;
  const { columns } = descriptor;
  const apiVersion = `meta.k8s.io/${version}`;
  const rowOf = (object: JsonObject): JsonObject => ({
    cells: columns.map((column) => cellOf(column, object, nowMs)),
    object: included(object, includeObject, apiVersion),
  });
  return {
    kind: "Table",
    apiVersion,
    metadata: listMetadata,
    columnDefinitions: withColumns ? columns.map(definitionOf) : null,
    rows: objects.length === 0 && columns === DEFAULT ? null : objects.map(rowOf),
  };
}

function definitionOf({ name, type, format, description, priority }: Column): JsonObject {
  return { name, type, format, description, priority };
}

function cellOf({ cell, jsonPath, type }: Column, object: JsonObject, nowMs: number): Cell {
  if (cell !== undefined) return cell(object, nowMs);
  return jsonPath === undefined ? null : cellAt(jsonPath, type, object, nowMs);
}

function included(object: JsonObject, what: TableOptions["includeObject"], apiVersion: string): JsonObject | null {
  switch (what) {
    case "None":
      return null;
    case "Object":
      return object;
    case "Metadata":
      return { kind: "PartialObjectMetadata", apiVersion, metadata: object["metadata"] };
  }
}
