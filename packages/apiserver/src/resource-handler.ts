import type { TransportResponse } from "@operatorkit/api";
import type { ServerRequest, UserInfo } from "./handler.ts";
import { negotiate } from "./request/accept.ts";
import { boolean } from "./request/list-options.ts";
import type { ResourceTarget } from "./request/request-info.ts";
import type { ResourceDescriptor, Subresource, Verb } from "./resource-descriptor.ts";
import type { ResourceRequest } from "./resource-request.ts";
import { errorResponse, pageNotFound } from "./response.ts";
import type { ServerContext } from "./server-context.ts";
import { StatusError, methodNotAllowed, noSuchResource, notFound } from "./status-error.ts";
import { performAction } from "./verbs/action.ts";
import { createObject } from "./verbs/create.ts";
import { deleteCollection, deleteObject } from "./verbs/delete.ts";
import { evictObject } from "./verbs/evict.ts";
import { issueToken } from "./verbs/issue-token.ts";
import { patchObject } from "./verbs/patch.ts";
import { getObject, listObjects } from "./verbs/read.ts";
import { readLog } from "./verbs/read-log.ts";
import { getScale, patchScale, updateScale } from "./verbs/scale.ts";
import { updateObject } from "./verbs/update.ts";
import { watchObjects } from "./verbs/watch.ts";

/** What a request does, in the words of authorization. */
export function verbOf(method: string, target: ResourceTarget, query: URLSearchParams): Verb | undefined {
  switch (method) {
    case "GET":
    case "HEAD":
      if (target.isWatchPath) return "watch";
      if (target.name !== "") return "get";
      return boolean(query, "watch") === true ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return target.name === "" ? "deletecollection" : "delete";
    default:
      return undefined;
  }
}

/** Answers a request about resources: finds the descriptor and hands over to the verb. */
export function answerResource(
  context: ServerContext,
  request: ServerRequest,
  target: ResourceTarget,
  query: URLSearchParams,
  user: UserInfo,
): TransportResponse {
  const { group, version, plural } = target;
  const descriptor = context.registry.find(group, version, plural);
  if (descriptor === undefined) return unknownResource(context, target);
  const subresource = subresourceOf(descriptor, target);
  const verb = verbOf(request.method, target, query);
  if (descriptor.namespaced ? target.namespace === "" && target.name !== "" : target.namespace !== "")
    return unknownResource(context, target);
  if (descriptor.namespaced && target.namespace === "" && verb !== "list" && verb !== "watch") throw methodNotAllowed();
  if (verb === undefined || !(subresource?.verbs ?? descriptor.verbs).includes(verb) || !fitsName(target, verb)) throw methodNotAllowed();
  const resourceRequest: ResourceRequest = {
    request,
    target,
    descriptor,
    subresource,
    query,
    user,
    representation: negotiate(request.headers["accept"], subresource?.behaviour.type === "log"),
    subject: { group, resource: plural },
    warnings: descriptor.deprecationWarning === undefined ? [] : [descriptor.deprecationWarning],
    nowMs: context.clock.now(),
  };
  try {
    return subresource === undefined ? perform(context, resourceRequest, verb) : performOn(context, resourceRequest, subresource, verb);
  } catch (error) {
    // What was found on the way is said even when the request fails.
    if (error instanceof StatusError) return errorResponse(error, resourceRequest.warnings);
    throw error;
  }
}

/** A group of the server's own answers a Status; for any other no part of the server feels responsible. */
function unknownResource({ registry }: ServerContext, { group }: ResourceTarget): TransportResponse {
  const known = registry.list().some((descriptor) => descriptor.group === group && descriptor.origin === "built-in");
  if (known) throw noSuchResource();
  return pageNotFound();
}

function subresourceOf(descriptor: ResourceDescriptor, { subresource, name }: ResourceTarget): Subresource | undefined {
  if (subresource === "") return undefined;
  const found = descriptor.subresources.find((candidate) => candidate.name === subresource);
  if (found !== undefined) return found;
  throw descriptor.origin === "custom" ? notFound({ group: descriptor.group, resource: descriptor.plural }, name) : noSuchResource();
}

/** Which verbs are about one object, and which about all. */
function fitsName({ name, subresource, isWatchPath }: ResourceTarget, verb: Verb): boolean {
  switch (verb) {
    case "list":
    case "deletecollection":
      return name === "";
    case "create":
      return (name === "") === (subresource === "");
    case "watch":
      return name === "" || isWatchPath;
    default:
      return name !== "";
  }
}

function perform(context: ServerContext, request: ResourceRequest, verb: Verb): TransportResponse {
  switch (verb) {
    case "get":
      return getObject(context, request);
    case "list":
      return listObjects(context, request);
    case "watch":
      return watchObjects(context, request);
    case "create":
      return createObject(context, request);
    case "update":
      return updateObject(context, request);
    case "patch":
      return patchObject(context, request);
    case "delete":
      return deleteObject(context, request);
    case "deletecollection":
      return deleteCollection(context, request);
  }
}

function performOn(context: ServerContext, request: ResourceRequest, subresource: Subresource, verb: Verb): TransportResponse {
  const { behaviour } = subresource;
  switch (behaviour.type) {
    case "part":
      return perform(context, request, verb);
    case "evict":
      return evictObject(context, request, subresource);
    case "log":
      return readLog(context, request);
    case "token":
      return issueToken(context, request, subresource);
    case "action":
      return performAction(context, request, subresource, behaviour);
    case "scale":
      if (verb === "get") return getScale(context, request, behaviour);
      return verb === "patch" ? patchScale(context, request, behaviour) : updateScale(context, request, behaviour);
  }
}
