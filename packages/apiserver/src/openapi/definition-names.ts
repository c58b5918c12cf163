import { builtinDefinitionName } from "@operatorkit/schema/kinds";
import type { JsonObject } from "../json-object.ts";
import type { GroupVersionKind, ResourceDescriptor } from "../resource-descriptor.ts";

/** Where the definitions that every group shares are. */
export const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

const SCHEMAS = "#/components/schemas/";

/** The name of a kind's definition: `io.k8s.api.apps.v1.Deployment`, or `com.example.v1.Widget` for a custom resource. */
export function definitionNameOf({ group, version, kind }: GroupVersionKind, origin: ResourceDescriptor["origin"]): string {
  const known = builtinDefinitionName(group, version, kind);
  if (known !== undefined && (origin === "built-in" || isShared(group))) return known;
  return [...group.split(".").toReversed(), version, kind].join(".");
}

/** `autoscaling/v1 Scale` is the same in every group. */
function isShared(group: string): boolean {
  return group === "autoscaling";
}

export function reference(definitionName: string): JsonObject {
  return { $ref: `${SCHEMAS}${definitionName}` };
}

/** The names of the definitions a value refers to. */
export function referencesIn(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value !== "object" || value === null) return found;
  for (const [key, part] of Object.entries(value)) {
    if (key === "$ref" && typeof part === "string" && part.startsWith(SCHEMAS)) found.add(part.slice(SCHEMAS.length));
    else referencesIn(part, found);
  }
  return found;
}
