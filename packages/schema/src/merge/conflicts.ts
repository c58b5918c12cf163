import { fieldPathString } from "@operatorkit/object";
import type { FieldPath, FieldSet } from "@operatorkit/object";
import type { Managers } from "./managers.ts";

/** A field an apply would change although another manager owns it. */
export interface Conflict {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string;
  readonly apiVersion: string;
  readonly time: string | undefined;
  /** As messages show it: `.spec.replicas`. */
  readonly fieldPath: string;
  readonly path: FieldPath;
}

/** What the API server answers: the parts of a Status that are about conflicts. */
export interface ConflictStatus {
  readonly code: 409;
  readonly reason: "Conflict";
  readonly message: string;
  readonly details: { readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[] };
}

/** The conflicts by manager, in the order of the messages. */
export function conflictsOf(fields: ReadonlyMap<string, FieldSet>, managers: Managers): Conflict[] {
  const keys = [...fields.keys()].toSorted();
  return keys.flatMap((key) => {
    const manager = managers.get(key);
    if (manager === undefined) return [];
    const { fields: _, ...owner } = manager;
    return [...(fields.get(key)?.paths() ?? [])].map((path) => ({ ...owner, path, fieldPath: fieldPathString(path) }));
  });
}

/** The answer to an apply with these conflicts. Source: apimachinery `managedfields/internal/conflict.go`. */
export function conflictStatus(conflicts: readonly Conflict[]): ConflictStatus {
  const causes = conflicts.map((conflict) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${ownerOf(conflict)}`,
    field: conflict.fieldPath,
  }));
  return { code: 409, reason: "Conflict", message: messageOf(conflicts), details: { causes } };
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${ownerOf(first)}: ${first.fieldPath}`;
  }
  const lines: string[] = [];
  let owner: string | undefined;
  for (const conflict of conflicts) {
    if (owner !== ownerOf(conflict)) lines.push(`conflicts with ${(owner = ownerOf(conflict))}:`);
    lines.push(`- ${conflict.fieldPath}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function ownerOf({ manager, operation, subresource, apiVersion }: Conflict): string {
  const name = JSON.stringify(manager) + (subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}
