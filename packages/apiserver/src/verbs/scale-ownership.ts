import { FieldSet, fieldElement } from "@operatorkit/object";
import type { FieldPath, FieldsV1 } from "@operatorkit/object";
import { trackUpdate } from "@operatorkit/schema/merge";
import { type JsonObject, isObject, listAt, objectAt, stringAt, valueAt } from "../json-object.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";

const SCALE_VERSION = "autoscaling/v1";
const SCALE_PATH = [fieldElement("spec"), fieldElement("replicas")];

/**
 * Ownership after a write through `scale`: the owners of the one number are translated to those of a Scale, the write is tracked
 * there, and its owners are translated back. So it is that while nobody owns the number nobody comes to; that what a scale owns carries no
 * time; and that even a write that changes nothing moves the number from an updater's entry to one of its own, which is lost again at the next.
 *
 * Source: apimachinery `util/managedfields/scalehandler.go`.
 */
export function trackedScale(
  { release }: ServerContext,
  { descriptor, nowMs }: ResourceRequest,
  before: JsonObject,
  after: JsonObject,
  replicasPath: readonly string[],
  manager: string,
): JsonObject {
  if (!release.has("apply")) return after;
  const path = replicasPath.map(fieldElement);
  const owners = ownersOf(entriesOf(before));
  const scale = trackUpdate({
    manager,
    apiVersion: SCALE_VERSION,
    subresource: "scale",
    nowMs,
    before: scaleWith(before, replicasPath, toScale([...owners.values()], path)),
    after: scaleWith(after, replicasPath, []),
  });
  const managedFields = toParent(owners, ownersOf(entriesOf(scale)), path, descriptor.apiVersion);
  const { managedFields: _, ...metadata } = objectAt(after, "metadata");
  return { ...after, metadata: { ...metadata, ...(managedFields.length > 0 && { managedFields }) } };
}

/** A Scale leaves out a zero, so nobody owns one. */
function scaleWith(object: JsonObject, replicasPath: readonly string[], managedFields: readonly JsonObject[]): JsonObject {
  const replicas = valueAt(object, replicasPath);
  return {
    metadata: { uid: stringAt(object["metadata"], "uid"), ...(managedFields.length > 0 && { managedFields }) },
    spec: replicas === undefined || replicas === 0 ? {} : { replicas },
  };
}

/** By what tells owners apart; of two that are alike the later one counts. */
type Owners = ReadonlyMap<string, JsonObject>;

function ownersOf(entries: readonly JsonObject[]): Owners {
  return new Map(entries.map((entry) => [keyOf(entry), entry]));
}

/** An updater is another one in each version. */
function keyOf({ manager, operation, apiVersion, subresource }: JsonObject): string {
  return JSON.stringify([manager, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

function toScale(entries: readonly JsonObject[], path: FieldPath): readonly JsonObject[] {
  const fieldsV1 = FieldSet.of(SCALE_PATH).toFieldsV1();
  return entries.filter((entry) => fieldsOf(entry).has(path)).map((entry) => ({ ...entry, apiVersion: SCALE_VERSION, fieldsV1 }));
}

function toParent(owners: Owners, ofScale: Owners, path: FieldPath, apiVersion: string): readonly JsonObject[] {
  const scaleOwners = new Map(ofScale);
  const entries: JsonObject[] = [];
  for (const [key, entry] of owners) {
    const fields = fieldsOf(entry);
    if (!fields.has(path) || scaleOwners.delete(key)) {
      entries.push(entry);
      continue;
    }
    const left = fields.difference(FieldSet.of(path));
    if (!left.isEmpty) entries.push({ ...entry, fieldsV1: left.toFieldsV1() });
  }
  for (const [key, { time: _, ...entry }] of scaleOwners) {
    if (!fieldsOf(entry).has(SCALE_PATH)) continue;
    const time = owners.get(key)?.["time"];
    entries.push({ ...entry, apiVersion, ...(time !== undefined && { time }), fieldsV1: FieldSet.of(path).toFieldsV1() });
  }
  return entries.toSorted(compareEntries);
}

/** Source: apimachinery `managedfields/internal/managedfields.go` (sortEncodedManagedFields). */
function compareEntries(a: JsonObject, b: JsonObject): number {
  const text = (key: string): number => {
    const [one, other] = [stringAt(a, key), stringAt(b, key)];
    return one < other ? -1 : one > other ? 1 : 0;
  };
  return text("operation") || text("time") || text("manager") || text("apiVersion") || text("subresource");
}

function fieldsOf(entry: JsonObject): FieldSet {
  return FieldSet.fromFieldsV1(objectAt(entry, "fieldsV1") as FieldsV1);
}

function entriesOf(object: JsonObject): readonly JsonObject[] {
  return listAt(objectAt(object, "metadata"), "managedFields").filter(isObject);
}
