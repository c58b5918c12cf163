import type { TransportResponse } from "@operatorkit/api";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { decodeObject } from "../request/decode-object.ts";
import { type WriteOptions, writeOptions } from "../request/write-options.ts";
import type { SubresourceBehaviour } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { badRequest, conflict, notFound } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { checkIsVersion, checkVersion, storedUpdate } from "./commit.ts";
import { storedNew, withVersionAsSent } from "./create.ts";
import { tracked } from "./managed-fields.ts";
import { placeInNamespace } from "./prepared-object.ts";

export function updateObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const { descriptor, subject, target, warnings } = request;
  const options = writeOptions("UpdateOptions", request.query, request.request);
  const decoded = decodeObject(request.request, descriptor, options.fieldValidation, warnings);
  checkName(decoded, target.name);
  const object = placeInNamespace(decoded, request);
  const stored = collectionOf(context, descriptor).get(target.namespace, target.name);
  if (stored === undefined) {
    if (!descriptor.rules.createOnUpdate) throw notFound(subject, target.name);
    return objectResponse(request, 201, createdByUpdate(context, request, object, options));
  }
  checkUid(request, object, stringAt(stored.object["metadata"], "uid"), options.dryRun);
  checkVersion(request, stringAt(object["metadata"], "resourceVersion"), stored);
  return objectResponse(request, 200, changedObject(context, request, stored, object, options));
}

/** Merges what a path may write into the stored object, tracks and stores it. */
export function changedObject(
  context: ServerContext,
  request: ResourceRequest,
  stored: StoredObject,
  object: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { descriptor, subresource, nowMs } = request;
  const before = present(descriptor, stored.object);
  // Who owns what is told from what was sent, before this path drops what it may not write.
  const sent = tracked(context, request, before, object, { manager: options.fieldManager, subresource: subresource?.name ?? "" });
  const after = mergedForPath(request, sent, before);
  return storedUpdate(context, request, stored, after, {
    operation: "update",
    subresource: subresource?.name,
    nowMs,
    dryRun: options.dryRun,
  });
}

/** The sent object with everything that this path may not write taken from the stored one. */
export function mergedForPath({ descriptor, subresource }: ResourceRequest, object: JsonObject, before: JsonObject): JsonObject {
  if (subresource === undefined) return withKept(object, before, descriptor.rules.writtenElsewhere);
  return subresourcePart(subresource.behaviour, object, before);
}

/** `object` with the given fields as they are in `before`. */
function withKept(object: JsonObject, before: JsonObject, fields: readonly string[]): JsonObject {
  const result = { ...object };
  for (const field of fields) {
    if (before[field] === undefined) delete result[field];
    else result[field] = before[field];
  }
  return result;
}

function subresourcePart(behaviour: SubresourceBehaviour, object: JsonObject, before: JsonObject): JsonObject {
  if (behaviour.type !== "part") return object;
  const result: JsonObject = { ...before };
  for (const field of behaviour.fields) {
    if (object[field] === undefined) delete result[field];
    else result[field] = object[field];
  }
  const { managedFields } = objectAt(object, "metadata");
  const { managedFields: _, ...kept } = objectAt(before, "metadata");
  result["metadata"] =
    behaviour.metadata === "take"
      ? withKept(objectAt(object, "metadata"), kept, behaviour.metadataKept ?? [])
      : { ...kept, ...(managedFields !== undefined && { managedFields }) };
  return result;
}

function checkName(object: JsonObject, name: string): void {
  const given = stringAt(object["metadata"], "name");
  if (given === "") throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

/** A PUT of what is not there: its version means nothing, its uid nobody can have. */
function createdByUpdate(context: ServerContext, request: ResourceRequest, object: JsonObject, options: WriteOptions): JsonObject {
  const { resourceVersion, ...metadata } = objectAt(object, "metadata");
  checkUid(request, object, "", options.dryRun);
  checkIsVersion(stringAt(object["metadata"], "resourceVersion"));
  const created = storedNew(context, request, { ...object, metadata }, options);
  return options.dryRun ? withVersionAsSent(created, resourceVersion) : created;
}

function checkUid({ subject, target, descriptor }: ResourceRequest, object: JsonObject, uid: string, dryRun: boolean): void {
  const given = stringAt(object["metadata"], "uid");
  if (given === "" || given === uid) return;
  const { group, plural, origin, rules } = descriptor;
  const kind = rules.keyPrefix ?? (origin === "custom" ? `${group}/${plural}` : plural);
  // A dry run never gets to where the prefix is added.
  const key = `${dryRun ? "" : "/registry"}/${kind}/${[target.namespace, target.name].filter((part) => part !== "").join("/")}`;
  throw conflict(
    subject,
    target.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given}, UID in object meta: ${uid}`,
  );
}
