import { mutableCopy } from "@operatorkit/object";
import type { TransportResponse } from "@operatorkit/api";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { listResponse, objectResponse, present } from "../presentation.ts";
import { type DeleteOptions, deleteOptions } from "../request/write-options.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { deletionStep, finalizersOf, timestamp } from "../rules/deletion.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { conflict, forbiddenError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { toStorage } from "./commit.ts";
import { listed, storedObject } from "./read.ts";

export function deleteObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const options = deleteOptions(request.query, request.request);
  const stored = storedObject(context, request);
  checkPreconditions(request, options, stored);
  const { object, isGone } = deleted(context, request, stored, options);
  if (!isGone) return objectResponse(request, options.answersAccepted ? 202 : 200, object);
  if (request.descriptor.rules.deleteAnswersObject) return objectResponse(request, 200, object);
  const { group, resource } = request.subject;
  const details = { name: stored.name, ...(group !== "" && { group }), kind: resource, uid: stringAt(objectAt(object, "metadata"), "uid") };
  return objectResponse(request, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

/**
 * Deletes what a list with the same query would show, one by one, and answers that list.
 * Source: apiserver `registry/generic/registry/store.go` (DeleteCollection).
 */
export function deleteCollection(context: ServerContext, request: ResourceRequest): TransportResponse {
  const options = deleteOptions(request.query, request.request);
  const list = listed(context, request, true);
  for (const stored of list.items) {
    checkPreconditions(request, options, stored);
    deleted(context, request, stored, options);
  }
  return listResponse(request, list);
}

/** The object as it was left, or as it went. */
export interface Deleted {
  readonly object: JsonObject;
  readonly isGone: boolean;
}

/** Takes the next step of an object's deletion. */
export function deleted(context: ServerContext, request: ResourceRequest, stored: StoredObject, options: DeleteOptions): Deleted {
  const { descriptor, subject, nowMs } = request;
  const refusal = descriptor.rules.deleteRefusal?.(stored.object);
  if (refusal !== undefined) throw forbiddenError(subject, stored.name, refusal);
  if (descriptor.rules.beginDeletion !== undefined) return begunDeletion(context, request, stored, options);
  const { policy, gracePeriodSeconds, dryRun } = options;
  const step = deletionStep(stored.object, { policy, gracePeriodSeconds, nowMs }, descriptor.rules.gracePeriodSeconds);
  switch (step.type) {
    case "pending":
      return { object: present(descriptor, stored.object), isGone: false };
    case "mark":
      return { object: present(descriptor, marked(context, request, stored, step.object, dryRun)), isGone: false };
    case "markAndRemove": {
      const going = marked(context, request, stored, step.object, dryRun);
      return { object: present(descriptor, dryRun ? going : removed(context, request, stored, dryRun)), isGone: true };
    }
    case "remove":
      return { object: present(descriptor, removed(context, request, stored, dryRun)), isGone: true };
  }
}

/** Stores `object` unless it is what is stored already. */
function marked(
  context: ServerContext,
  { descriptor }: ResourceRequest,
  stored: StoredObject,
  object: JsonObject,
  dryRun: boolean,
): JsonObject {
  if (dryRun || object === stored.object) return object;
  return collectionOf(context, descriptor).put(stored.namespace, stored.name, object).object;
}

function removed(context: ServerContext, { descriptor }: ResourceRequest, stored: StoredObject, dryRun: boolean): JsonObject {
  if (dryRun) return stored.object;
  return collectionOf(context, descriptor).remove(stored.namespace, stored.name)?.object ?? stored.object;
}

/** Deletion in the kind's own way: it is marked at once, and goes when nothing holds it. */
function begunDeletion(context: ServerContext, request: ResourceRequest, stored: StoredObject, { dryRun }: DeleteOptions): Deleted {
  const { descriptor, nowMs } = request;
  const { heldBack, beginDeletion } = descriptor.rules;
  let object = stored.object;
  const metadata = objectAt(object, "metadata");
  if (metadata["deletionTimestamp"] === undefined) {
    const next = mutableCopy(object);
    (next["metadata"] as JsonObject)["deletionTimestamp"] = timestamp(nowMs);
    beginDeletion?.(next, nowMs);
    object = marked(context, request, stored, toStorage(descriptor, next), dryRun);
  }
  if (finalizersOf(object).length > 0 || heldBack?.(object) === true) return { object: present(descriptor, object), isGone: false };
  return { object: present(descriptor, removed(context, request, stored, dryRun)), isGone: true };
}

/** @throws StatusError 409 */
export function checkPreconditions({ descriptor }: ResourceRequest, { uid, resourceVersion }: DeleteOptions, stored: StoredObject): void {
  const subject = { group: descriptor.group, resource: descriptor.kind };
  const actual = stringAt(objectAt(stored.object, "metadata"), "uid");
  if (uid !== undefined && uid !== actual) {
    throw conflict(
      subject,
      stored.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${actual}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== String(stored.version)) {
    throw conflict(
      subject,
      stored.name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${stored.version}). The object might have been modified`,
    );
  }
}
