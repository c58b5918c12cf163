import { FieldSet, fieldElement } from "@operatorkit/object";
import type { FieldsV1 } from "@operatorkit/object";
import type { StructuralSchema } from "@operatorkit/schema";
import { type MergeOptions, trackUpdate } from "@operatorkit/schema/merge";
import { type JsonObject, isObject, listAt, objectAt, valueAt } from "../json-object.ts";
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

/**
 * Ownership after a write through `scale`. The real server translates the owners of the one number to those of a Scale object and
 * back: so while nobody owns the number, nobody comes to; and what a scale owns carries no time.
 *
 * Source: apimachinery `util/managedfields/scalehandler.go`.
 */
export function trackedScale(
  context: ServerContext,
  request: ResourceRequest,
  before: JsonObject,
  after: JsonObject,
  replicasPath: readonly string[],
  manager: string,
): JsonObject {
  const path = replicasPath.map(fieldElement);
  const isOwned = entriesOf(before).some((entry) => FieldSet.fromFieldsV1(objectAt(entry, "fieldsV1") as FieldsV1).has(path));
  if (!isOwned) return after;
  // A Scale leaves out a zero, so nobody owns one.
  const shown = valueAt(after, replicasPath) === 0 ? without(after, replicasPath) : after;
  const object = tracked(context, request, before, shown, { manager, subresource: "scale" });
  const managedFields = entriesOf(object).map(({ time, ...entry }) =>
    entry["subresource"] === "scale" || time === undefined ? entry : { ...entry, time },
  );
  return { ...after, metadata: { ...objectAt(object, "metadata"), managedFields } };
}

function without(object: JsonObject, [key, ...rest]: readonly string[]): JsonObject {
  if (key === undefined) return object;
  if (rest.length > 0) return { ...object, [key]: without(objectAt(object, key), rest) };
  const { [key]: _, ...others } = object;
  return others;
}

function entriesOf(object: JsonObject): readonly JsonObject[] {
  return listAt(objectAt(object, "metadata"), "managedFields").filter(isObject);
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
