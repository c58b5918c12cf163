import type { TransportResponse } from "@operatorkit/api";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { decodeObject } from "../request/decode-object.ts";
import { type WriteOptions, writeOptions } from "../request/write-options.ts";
import type { SubresourceBehaviour } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { badRequest, conflict, invalidError, notFound } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { checkVersion, storedUpdate } from "./commit.ts";
import { storedNew } from "./create.ts";
import { tracked } from "./managed-fields.ts";
import { placeInNamespace } from "./prepared-object.ts";

export function updateObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const { descriptor, subject, target, warnings, subresource } = request;
  const options = writeOptions("UpdateOptions", request.query, request.request);
  const decoded = decodeObject(request.request, descriptor, options.fieldValidation, warnings);
  checkName(decoded, target.name);
  const object = placeInNamespace(decoded, request);
  const stored = collectionOf(context, descriptor).get(target.namespace, target.name);
  if (stored === undefined) {
    if (!descriptor.rules.createOnUpdate || subresource !== undefined) throw notFound(subject, target.name);
    return objectResponse(request, 201, storedNew(context, request, withoutVersion(object), options));
  }
  checkUid(request, object, stored);
  const given = stringAt(object["metadata"], "resourceVersion");
  if ((given === "" || given === "0") && !descriptor.rules.unconditionalUpdate) {
    throw invalidError(subject, target.name, [
      { reason: "FieldValueInvalid", field: "metadata.resourceVersion", message: "Invalid value: 0: must be specified for an update" },
    ]);
  }
  checkVersion(request, object, stored);
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
  const defaulted = structuredClone(object);
  descriptor.rules.applyDefaults?.(defaulted);
  const merged = mergedForPath(request, defaulted, before);
  const after = tracked(context, request, before, merged, { manager: options.fieldManager, subresource: subresource?.name ?? "" });
  return storedUpdate(context, request, stored, after, {
    operation: "update",
    subresource: subresource?.name,
    nowMs,
    dryRun: options.dryRun,
  });
}

/** The sent object with everything that this path may not write taken from the stored one. */
export function mergedForPath({ descriptor, subresource }: ResourceRequest, object: JsonObject, before: JsonObject): JsonObject {
  if (subresource === undefined) return mainPart(object, before, descriptor.rules.writtenElsewhere);
  return subresourcePart(subresource.behaviour, object, before);
}

function mainPart(object: JsonObject, before: JsonObject, writtenElsewhere: readonly string[]): JsonObject {
  const result = { ...object };
  for (const field of writtenElsewhere) {
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
  const kept = objectAt(before, "metadata");
  result["metadata"] = behaviour.metadata === "take" ? object["metadata"] : managedFields === undefined ? kept : { ...kept, managedFields };
  return result;
}

function checkName(object: JsonObject, name: string): void {
  const given = stringAt(object["metadata"], "name");
  if (given === "") throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

function checkUid({ subject, target, descriptor }: ResourceRequest, object: JsonObject, stored: StoredObject): void {
  const given = stringAt(object["metadata"], "uid");
  const uid = stringAt(stored.object["metadata"], "uid");
  if (given === "" || given === uid) return;
  const key = `/registry/${descriptor.storage}/${[target.namespace, target.name].filter((part) => part !== "").join("/")}`;
  throw conflict(
    subject,
    target.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given}, UID in object meta: ${uid}`,
  );
}

function withoutVersion(object: JsonObject): JsonObject {
  const { resourceVersion: _, ...metadata } = objectAt(object, "metadata");
  return { ...object, metadata };
}
