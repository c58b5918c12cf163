import { mutableCopy } from "@operatorkit/object";
import type { TransportResponse } from "@operatorkit/api";
import { builtinDefinitionName } from "@operatorkit/schema/kinds";
import { objectResponse, present } from "../presentation.ts";
import { type BodyType, decodeObject } from "../request/decode-object.ts";
import { writeOptions } from "../request/write-options.ts";
import type { Subresource, SubresourceBehaviour } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { conflict } from "../status-error.ts";
import { decodeBuiltIn } from "../typed/decode-built-in.ts";
import { storedUpdate } from "./commit.ts";
import { storedObject } from "./read.ts";

type Acting = Extract<SubresourceBehaviour, { type: "action" }>;

/** POST to a subresource that changes its object: a Pod's `binding`. Nobody comes to own what it changes. Answers a Status. */
export function performAction(
  context: ServerContext,
  request: ResourceRequest,
  subresource: Subresource,
  { act }: Acting,
): TransportResponse {
  const options = writeOptions("CreateOptions", request.query, request.request);
  const body = decodeObject(request.request, bodyType(subresource), options.fieldValidation, request.warnings);
  const stored = storedObject(context, request);
  const object = mutableCopy(present(request.descriptor, stored.object));
  const refusal = act(object, body, request.nowMs);
  if (refusal !== undefined)
    throw conflict({ group: "", resource: `${request.descriptor.plural}/${subresource.name}` }, stored.name, refusal);
  storedUpdate(context, request, stored, object, {
    operation: "update",
    subresource: subresource.name,
    nowMs: request.nowMs,
    dryRun: options.dryRun,
  });
  return objectResponse(request, 201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}

/** What a subresource's body is read as. */
export function bodyType({ body }: Subresource): BodyType {
  const name = builtinDefinitionName(body.group, body.version, body.kind);
  return {
    ...body,
    origin: "built-in",
    decode: (value) => (name === undefined ? { object: value, unknown: [] } : decodeBuiltIn(value, name)),
  };
}
