import type { TransportResponse } from "@operatorkit/api";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { decodeObject } from "../request/decode-object.ts";
import { type WriteOptions, writeOptions } from "../request/write-options.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { userOfToken } from "../auth/authenticate.ts";
import { demand } from "../auth/demand.ts";
import { timestamp } from "../rules/deletion.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { alreadyExists, generatedNameTaken, plainError } from "../status-error.ts";
import { toStorage } from "./commit.ts";
import { tracked } from "./managed-fields.ts";
import { checkSize } from "./object-size.ts";
import { checkKind, checkNamespace, placeInNamespace, preparedForCreate, withoutForeignFields } from "./prepared-object.ts";

export function createObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const { descriptor, warnings } = request;
  const options = writeOptions("CreateOptions", request.query, request.request);
  const { answer } = descriptor.rules;
  if (answer !== undefined) return answerQuestion(context, request, options);
  const object = placeInNamespace(decodeObject(request.request, descriptor, options.fieldValidation, warnings), request);
  return objectResponse(request, 201, storedNew(context, request, object, options));
}

/** A question is answered in its own status; nothing is stored. */
function answerQuestion(context: ServerContext, request: ResourceRequest, options: WriteOptions): TransportResponse {
  const { descriptor, user, nowMs, warnings } = request;
  const question = decodeObject(request.request, descriptor, options.fieldValidation, warnings);
  const review = {
    user,
    authorize: context.authorize,
    rights: context.rights,
    reasonFor: context.reasonFor,
    namespace: request.target.namespace,
    authenticate: (token: string) => userOfToken(context, token),
    now: timestamp(nowMs),
  };
  return objectResponse(request, 201, { ...question, ...descriptor.rules.answer?.(question, review) });
}

/** Tracks, checks and stores a new object; returns it as the request's version shows it. */
export function storedNew(context: ServerContext, request: ResourceRequest, decoded: JsonObject, options: WriteOptions): JsonObject {
  const { descriptor, subresource, nowMs } = request;
  const own = subresource === undefined ? withoutForeignFields(decoded, descriptor) : decoded;
  const object = tracked(context, request, undefined, own, { manager: options.fieldManager, subresource: subresource?.name ?? "" });
  return storedPrepared(context, request, object, options, nowMs);
}

/** The part of a create after field tracking, which apply does in its own way. */
export function storedPrepared(
  context: ServerContext,
  request: ResourceRequest,
  object: JsonObject,
  options: WriteOptions,
  nowMs: number,
): JsonObject {
  const { descriptor, subject } = request;
  checkNamespace(context, request, stringAt(object["metadata"], "name"));
  checkKind(context, request, stringAt(object["metadata"], "name"));
  const rule = { operation: "create", subresource: request.subresource?.name, nowMs, dryRun: options.dryRun } as const;
  descriptor.rules.admit?.(object, undefined, { ...request, ...context });
  const prepared = preparedForCreate(context, request, object, rule);
  // Who may only update or patch makes nothing new. Source: apiserver `endpoints/handlers/create.go` withAuthorization.
  if (request.request.method !== "POST") demand(context, { user: request.user, verb: "create", path: "", resource: request.target });
  const { resourceVersion } = objectAt(object, "metadata");
  if (stringAt(object["metadata"], "resourceVersion") !== "" && !options.dryRun)
    throw plainError("resourceVersion should not be set on objects to be created");
  const name = stringAt(prepared["metadata"], "name");
  const namespace = stringAt(prepared["metadata"], "namespace");
  const collection = collectionOf(context, descriptor);
  const existing = collection.get(namespace, name);
  if (existing !== undefined) {
    const terminating = objectAt(existing.object, "metadata")["deletionTimestamp"] !== undefined;
    // Whoever sends both a name and a prefix is told the same.
    const taken = stringAt(prepared["metadata"], "generateName") === "" ? alreadyExists : generatedNameTaken;
    throw taken(subject, name, terminating ? "object is being deleted: " : "");
  }
  const kept = toStorage(descriptor, prepared);
  if (options.dryRun) return withVersionAsSent(present(descriptor, kept), resourceVersion);
  checkSize(kept);
  return present(descriptor, collection.put(namespace, name, kept).object);
}

/** A dry run of a create shows the version that was sent, which means nothing. Source: apiserver `registry/generic/registry/dryrun.go`. */
export function withVersionAsSent(created: JsonObject, resourceVersion: unknown): JsonObject {
  if (typeof resourceVersion !== "string" || resourceVersion === "") return created;
  return { ...created, metadata: { ...objectAt(created, "metadata"), resourceVersion } };
}
