import type { TransportResponse } from "@operatorkit/api";
import { decodeObject } from "../request/decode-object.ts";
import { deleteOptionsFrom, writeOptions } from "../request/write-options.ts";
import { objectAt } from "../json-object.ts";
import { objectResponse } from "../presentation.ts";
import type { Subresource } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { bodyType } from "./action.ts";
import { checkPreconditions, deleted } from "./delete.ts";
import { spendDisruption } from "./disruption-budget.ts";
import { storedObject } from "./read.ts";

/** POST to a subresource that deletes its object: a Pod's `eviction`, which its disruption budget may hold back. */
export function evictObject(context: ServerContext, request: ResourceRequest, subresource: Subresource): TransportResponse {
  const { dryRun, fieldValidation } = writeOptions("CreateOptions", request.query, request.request);
  const body = decodeObject(request.request, bodyType(subresource), fieldValidation, request.warnings);
  const stored = storedObject(context, request);
  const options = deleteOptionsFrom(objectAt(body, "deleteOptions"));
  checkPreconditions(request, options, stored);
  spendDisruption(context, stored, options.dryRun || dryRun);
  deleted(context, request, stored, { ...options, dryRun: options.dryRun || dryRun });
  return objectResponse(request, 201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}
