import type { TransportResponse } from "@operatorkit/api";
import { ISSUER } from "../auth/service-account-tokens.ts";
import { invalid } from "../field-problem.ts";
import { listAt, objectAt, stringAt } from "../json-object.ts";
import { objectResponse } from "../presentation.ts";
import { decodeObject } from "../request/decode-object.ts";
import { writeOptions } from "../request/write-options.ts";
import type { Subresource } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { timestamp } from "../rules/deletion.ts";
import type { ServerContext } from "../server-context.ts";
import { invalidError } from "../status-error.ts";
import { bodyType } from "./action.ts";
import { storedObject } from "./read.ts";

const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** POST to a service account's `token`: answers the TokenRequest with a token in its status; nothing is stored. */
export function issueToken(context: ServerContext, request: ResourceRequest, subresource: Subresource): TransportResponse {
  const { fieldValidation } = writeOptions("CreateOptions", request.query, request.request);
  const body = decodeObject(request.request, bodyType(subresource), fieldValidation, request.warnings);
  const { namespace, name, object } = storedObject(context, request);
  const spec = objectAt(body, "spec");
  const seconds = typeof spec["expirationSeconds"] === "number" ? spec["expirationSeconds"] : 3600;
  const problems = [
    ...(seconds < MIN_SECONDS ? [invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")] : []),
    ...(seconds > MAX_SECONDS ? [invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")] : []),
  ];
  if (problems.length > 0) throw invalidError({ group: "authentication.k8s.io", resource: "TokenRequest" }, "", problems);
  const given = listAt(spec, "audiences").map(String);
  const audiences = given.length === 0 ? [ISSUER] : given;
  const uid = stringAt(object["metadata"], "uid");
  const token = context.serviceAccountTokens.issue({ namespace, name, uid }, audiences, request.nowMs, seconds, context.randomUuid());
  const expirationTimestamp = timestamp(request.nowMs + seconds * 1000);
  return objectResponse(request, 201, {
    ...body,
    metadata: { name, namespace, uid, creationTimestamp: timestamp(request.nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds, boundObjectRef: spec["boundObjectRef"] ?? null },
    status: { token, expirationTimestamp },
  });
}
