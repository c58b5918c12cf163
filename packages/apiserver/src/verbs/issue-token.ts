import type { TransportResponse } from "@operatorkit/api";
import { builtinSchema } from "@operatorkit/schema/kinds";
import { trackUpdate } from "@operatorkit/schema/merge";
import { ISSUER } from "../auth/service-account-tokens.ts";
import { invalid } from "../field-problem.ts";
import { listAt, objectAt, stringAt } from "../json-object.ts";
import { objectResponse } from "../presentation.ts";
import { apiVersionOf, decodeObject } from "../request/decode-object.ts";
import { writeOptions } from "../request/write-options.ts";
import type { Subresource } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { timestamp } from "../rules/deletion.ts";
import type { ServerContext } from "../server-context.ts";
import { type Subject, conflict, invalidError } from "../status-error.ts";
import { bodyType } from "./action.ts";
import { placeInNamespace } from "./prepared-object.ts";
import { storedObject } from "./read.ts";
import { tokenBinding } from "./token-binding.ts";

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
const TOKEN_REQUEST: Subject = { group: "authentication.k8s.io", resource: "TokenRequest" };

/** POST to a service account's `token`: answers the TokenRequest with a token in its status; nothing is stored. */
export function issueToken(context: ServerContext, request: ResourceRequest, subresource: Subresource): TransportResponse {
  const options = writeOptions("CreateOptions", request.query, request.request);
  const type = bodyType(subresource);
  const body = placeInNamespace(decodeObject(request.request, type, options.fieldValidation, request.warnings), request);
  checkName(stringAt(body["metadata"], "name"), request.target.name);
  const { namespace, name, object } = storedObject(context, request);
  const uid = stringAt(object["metadata"], "uid");
  checkUid(stringAt(body["metadata"], "uid"), uid, name);
  const spec = objectAt(body, "spec");
  const seconds = typeof spec["expirationSeconds"] === "number" ? spec["expirationSeconds"] : 3600;
  const problems = [
    ...(seconds < MIN_SECONDS ? [invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")] : []),
    ...(seconds > MAX_SECONDS ? [invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")] : []),
  ];
  if (problems.length > 0) throw invalidError(TOKEN_REQUEST, "", problems);
  const given = listAt(spec, "audiences").map(String);
  const audiences = given.length === 0 ? [ISSUER] : given;
  const { nowMs } = request;
  const binding = tokenBinding(context, spec, namespace, name);
  const id = context.randomUuid();
  const token = context.serviceAccountTokens.issue({ account: { namespace, name, uid }, binding, audiences, nowMs, seconds, id });
  const schema = builtinSchema(type.group, type.version, type.kind);
  const owned = trackUpdate({
    manager: options.fieldManager,
    apiVersion: apiVersionOf(type),
    subresource: subresource.name,
    nowMs,
    ...(schema !== undefined && { schema }),
    after: { ...body, spec: { ...spec, expirationSeconds: seconds } },
  });
  return objectResponse(request, 201, {
    ...owned,
    metadata: { ...objectAt(owned, "metadata"), name, namespace, uid, creationTimestamp: timestamp(nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: timestamp(nowMs + seconds * 1000) },
  });
}

function checkName(given: string, name: string): void {
  if (given === "" || given === name) return;
  throw invalidError(TOKEN_REQUEST, name, [invalid("metadata.name", given, "must match the service account name if specified")]);
}

function checkUid(given: string, uid: string, name: string): void {
  if (given === "" || given === uid) return;
  const why = `the UID in the token request (${given}) does not match the UID of the service account (${uid})`;
  throw conflict(TOKEN_REQUEST, name, why);
}
