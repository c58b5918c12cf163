import type { TransportResponse } from "@operatorkit/api";
import { authenticate } from "./auth/authenticate.ts";
import { parseFieldSelector } from "@operatorkit/object";
import { demand } from "./auth/demand.ts";
import { impersonated } from "./auth/impersonate.ts";
import type { Endpoint, Handler, ServerRequest } from "./handler.ts";
import { type ResourceTarget, requestInfo } from "./request/request-info.ts";
import { answerResource, verbOf } from "./resource-handler.ts";
import { errorResponse, pageNotFound } from "./response.ts";
import type { ServerContext } from "./server-context.ts";
import { StatusError, badRequest, noSuchResource } from "./status-error.ts";

export interface RequestHandlerOptions {
  readonly context: ServerContext;
  /** Asked in order for paths that are not about resources. */
  readonly endpoints: readonly Endpoint[];
}

const MAX_PATH_LENGTH = 64 * 1024;

/**
 * The request pipeline: who asks, in whose name, may they, and what is the answer. Rights are checked before the body is read and before
 * anything is looked up. Whatever goes wrong inside is a 500 and a line in the log, never a rejection.
 */
export function requestHandler(options: RequestHandlerOptions): Handler {
  const { context } = options;
  return async (request) => {
    try {
      return await answer(options, request);
    } catch (error) {
      if (error instanceof StatusError) return errorResponse(error);
      context.logger.error("answer a request", { method: request.method, path: request.path, error });
      return errorResponse(
        new StatusError({ code: 500, reason: "InternalError", message: `Internal error occurred: ${messageOf(error)}` }),
      );
    }
  };
}

async function answer(options: RequestHandlerOptions, request: ServerRequest): Promise<TransportResponse> {
  const { context, endpoints } = options;
  const requestor = authenticate(context, request);
  const { path, query } = parsePath(request.path);
  const info = requestInfo(path);
  if (info.type === "resource") {
    const verb = verbOf(request.method, info.target, query) ?? request.method.toLowerCase();
    const access = { verb, path, resource: accessedBy(info.target, verb, query) };
    const user = impersonated(context, request, requestor, access);
    demand(context, { ...access, user });
    return answerResource(context, request, info.target, query, user);
  }
  const access = { verb: request.method.toLowerCase(), path };
  const user = impersonated(context, request, requestor, access);
  demand(context, { ...access, user });
  const endpointRequest = { request, path, query, user, registry: context.registry, nowMs: context.clock.now() };
  for (const endpoint of endpoints) {
    const response = await endpoint(endpointRequest);
    if (response !== undefined) return response;
  }
  const [root, group = ""] = path.split("/").filter((part) => part !== "");
  const isOwnGroup =
    root === "api" || (root === "apis" && context.registry.list().some((known) => known.group === group && known.origin === "built-in"));
  if (isOwnGroup) throw noSuchResource();
  return pageNotFound();
}

/** A list or watch of one name is about that object. Source: apiserver `endpoints/request/requestinfo.go`. */
function accessedBy(target: ResourceTarget, verb: string, query: URLSearchParams): ResourceTarget {
  const selector = query.get("fieldSelector") ?? "";
  if (target.name !== "" || selector === "" || (verb !== "list" && verb !== "watch")) return target;
  try {
    const requirement = parseFieldSelector(selector).find(({ field, operator }) => field === "metadata.name" && operator !== "!=");
    const name = requirement?.value ?? "";
    return name === "" || /^\.\.?$|[/%]/.test(name) ? target : { ...target, name };
  } catch {
    return target;
  }
}

function parsePath(raw: string): { readonly path: string; readonly query: URLSearchParams } {
  if (raw.length > MAX_PATH_LENGTH) throw new StatusError({ code: 414, message: `URL too long: limit is ${MAX_PATH_LENGTH}` });
  const mark = raw.indexOf("?");
  const encoded = mark === -1 ? raw : raw.slice(0, mark);
  try {
    return { path: decodeURIComponent(encoded), query: new URLSearchParams(mark === -1 ? "" : raw.slice(mark + 1)) };
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(encoded.slice(0, 200))}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
