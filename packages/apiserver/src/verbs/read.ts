import type { TransportResponse } from "@operatorkit/api";
import type { JsonObject } from "../json-object.ts";
import { type ShownList, listResponse, objectResponse, present } from "../presentation.ts";
import { decodeContinue, encodeContinue } from "../request/continue-token.ts";
import { type ListOptions, listOptions } from "../request/list-options.ts";
import { selectionOf } from "../request/selection.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { listPlan, parseVersion } from "../rules/version-match.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { badRequest, expired, notFound, plainError, tooLargeVersion } from "../status-error.ts";
import type { Collection, Page, PageRequest } from "../store/collection.ts";
import type { StoredObject } from "../store/stored-object.ts";

/** The stored object a request names, or 404. */
export function storedObject(context: ServerContext, request: ResourceRequest): StoredObject {
  const { descriptor, target, subject } = request;
  const stored = collectionOf(context, descriptor).get(target.namespace, target.name);
  if (stored === undefined) throw notFound(subject, target.name);
  return stored;
}

export function getObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const version = context.views.visibleVersion(request);
  checkNotFuture(version, request.query.get("resourceVersion") ?? "");
  const stored = version === context.store.version ? storedObject(context, request) : visibleObject(context, request);
  return objectResponse(request, 200, present(request.descriptor, stored.object));
}

/** @throws StatusError 500 for a version that is no number, 504 for one that is not there yet */
export function checkNotFuture(current: number, resourceVersion: string): void {
  if (resourceVersion === "") return;
  const version = parseVersion(resourceVersion);
  if (version === undefined) throw plainError(malformedVersion(resourceVersion));
  if (version > current) throw tooLargeVersion(resourceVersion, current);
}

export function malformedVersion(text: string): string {
  return `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
}

export function listObjects(context: ServerContext, request: ResourceRequest): TransportResponse {
  return listResponse(request, listed(context, request));
}

/** What a list with the request's query shows; `isPaged` when it is read page by page, whatever the query says. */
export function listed(context: ServerContext, request: ResourceRequest, isPaged = false): ShownList {
  const { descriptor, target } = request;
  const options = listOptions(request.query);
  const matches = selectionOf(descriptor, options.labelSelector, options.fieldSelector, (stored) => present(descriptor, stored.object));
  const base: PageRequest = { namespace: target.namespace, ...(matches !== undefined && { matches }) };
  const collection = collectionOf(context, descriptor);
  const visible = context.views.visibleVersion(request);
  const { page, version } =
    options.continueToken === "" ? firstPage(visible, collection, base, options, isPaged) : nextPage(visible, collection, base, options);
  const { items, last, remaining } = visiblePage(context, request, page);
  const metadata: JsonObject = {
    resourceVersion: String(version),
    ...(last !== undefined && { continue: encodeContinue({ version, after: relative(last, target.namespace) }) }),
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  };
  return { items, metadata };
}

/** A page of what the request may see: the present, or the version its view is frozen at. */
export function visiblePage(context: ServerContext, request: ResourceRequest, page: PageRequest): Page {
  const collection = collectionOf(context, request.descriptor);
  const visible = context.views.visibleVersion(request);
  if (page.version !== undefined || visible === context.store.version) return collection.page(page);
  if (visible < collection.log.oldestVersion && collection.log.start > 0)
    throw expired(`the view is frozen at ${visible}, which is no longer in the history`);
  return collection.page({ ...page, version: visible });
}

function visibleObject(context: ServerContext, request: ResourceRequest): StoredObject {
  const { namespace, name } = request.target;
  const [stored] = visiblePage(context, request, { namespace, matches: (candidate) => candidate.name === name }).items;
  if (stored === undefined) throw notFound(request.subject, name);
  return stored;
}

interface Planned {
  readonly page: PageRequest;
  /** The version the answer is about. */
  readonly version: number;
}

function firstPage(current: number, collection: Collection, base: PageRequest, options: ListOptions, isPaged: boolean): Planned {
  const { resourceVersion, resourceVersionMatch } = options;
  // The watch cache answers version "0" and knows no pages.
  const limit = resourceVersion === "0" || options.limit <= 0 ? {} : { limit: options.limit };
  const plan = listPlan(resourceVersion, resourceVersionMatch, isPaged ? Math.max(options.limit, 1) : options.limit, current);
  switch (plan.type) {
    case "malformed":
      throw badRequest(`invalid resource version: ${malformedVersion(resourceVersion)}`);
    case "tooLarge":
      throw tooLargeVersion(resourceVersion, current);
    case "present":
      return { page: { ...base, ...limit }, version: current };
    case "exact":
      if (plan.version < collection.log.oldestVersion) throw expired("The resourceVersion for the provided list is too old.");
      return { page: { ...base, ...limit, version: plan.version }, version: plan.version };
  }
}

function nextPage(current: number, collection: Collection, base: PageRequest, options: ListOptions): Planned {
  const token = decodeContinue(options.continueToken);
  if (options.resourceVersion !== "" && options.resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const after = base.namespace === "" ? token.after : `${base.namespace}/${token.after}`;
  const page = { ...base, after, ...(options.limit > 0 && { limit: options.limit }) };
  if (token.version < 0) return { page, version: current };
  if (token.version < collection.log.oldestVersion) throw expired(CONTINUE_EXPIRED, encodeContinue({ version: -1, after: token.after }));
  return { page: { ...page, version: token.version }, version: token.version };
}

const CONTINUE_EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/** Tokens name keys below the path that was listed, so that one cannot be used to look into another namespace. */
function relative(key: string, namespace: string): string {
  return namespace === "" ? key : key.slice(namespace.length + 1);
}
