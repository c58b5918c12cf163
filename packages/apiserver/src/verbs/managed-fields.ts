import { FieldSet, fieldElement } from "@operatorkit/object";
import type { StructuralSchema } from "@operatorkit/schema";
import { type MergeOptions, trackUpdate } from "@operatorkit/schema/merge";
import { type JsonObject, objectAt } from "../json-object.ts";
import type { Registry } from "../registry.ts";
import type { ResourceDescriptor, Subresource } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";

/** Who writes, and through which path. */
export interface Writer {
  readonly manager: string;
  /** `""` for the main path. */
  readonly subresource: string;
}

/** The object with `managedFields` that say who set what changed since `before`. */
export function tracked(
  context: ServerContext,
  { descriptor, subresource, nowMs }: ResourceRequest,
  before: JsonObject | undefined,
  after: JsonObject,
  writer: Writer,
): JsonObject {
  if (!context.release.has("apply")) return untracked(after);
  const options = mergeOptions(context.registry, descriptor, subresource, writer, nowMs);
  return trackUpdate({ ...options, ...(before !== undefined && { before }), after });
}

/** Servers before server-side apply know no owners, and drop what is sent of them. */
function untracked(object: JsonObject): JsonObject {
  const { managedFields, ...metadata } = objectAt(object, "metadata");
  return managedFields === undefined ? object : { ...object, metadata };
}

/** What merging and tracking need to know of a kind. */
export function mergeOptions(
  registry: Registry,
  descriptor: ResourceDescriptor,
  subresource: Subresource | undefined,
  { manager, subresource: path }: Writer,
  nowMs: number,
): MergeOptions {
  const schema = descriptor.schema();
  const siblings = registry.ofStorage(descriptor.storage);
  const versions: Record<string, StructuralSchema> = {};
  for (const sibling of siblings) {
    const own = sibling.schema();
    if (own !== undefined) versions[sibling.apiVersion] = own;
  }
  return {
    manager,
    apiVersion: descriptor.apiVersion,
    subresource: path,
    ...(schema !== undefined && { schema }),
    ...(siblings.length > 1 && { versions }),
    resetFields: resetFieldsOf(descriptor, subresource),
    nowMs,
  };
}

/** Fields that a write through this path cannot change, so that nobody comes to own them by it. */
function resetFieldsOf({ rules }: ResourceDescriptor, subresource: Subresource | undefined): FieldSet {
  if (subresource === undefined) return fieldsNamed(rules.writtenElsewhere);
  if (subresource.behaviour.type !== "part") return FieldSet.empty;
  const { fields, metadata, metadataKept = [] } = subresource.behaviour;
  const names = ["spec", ...(metadata === "keep" ? ["metadata"] : [])].filter((name) => !fields.includes(name));
  return fieldsNamed(names).union(FieldSet.of(...metadataKept.map((name) => [fieldElement("metadata"), fieldElement(name)])));
}

function fieldsNamed(names: readonly string[]): FieldSet {
  return FieldSet.of(...names.map((name) => [fieldElement(name)]));
}
