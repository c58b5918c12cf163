import { MAX_BODY_BYTES } from "../handler.ts";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { mediaType, textOf } from "../request/decode-body.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { StatusError, badRequest, bodyTooLarge, unsupportedMediaType } from "../status-error.ts";

/** What a PATCH's content type asks for. */
export type PatchType = "json" | "merge" | "strategic" | "apply";

const TYPES: Readonly<Record<string, PatchType>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

/** 415 names the types the kind takes; a custom resource has no strategic merge. */
export function patchTypeOf({ release }: ServerContext, { request, descriptor }: ResourceRequest): PatchType {
  const given = TYPES[mediaType(request.headers["content-type"])];
  const type = given === "apply" && !release.has("apply") ? undefined : given;
  if (type !== undefined && (type !== "strategic" || descriptor.origin === "built-in")) return type;
  if (descriptor.origin === "custom") throw unsupportedMediaType(Object.keys(TYPES).filter((name) => TYPES[name] !== "strategic"));
  throw new StatusError({ code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type", details: {} });
}

/** The body as text; 413 when it is too large. */
export function patchText({ request }: ResourceRequest): string {
  if (request.body !== undefined && request.body.byteLength > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  return textOf(request.body);
}

/** A patch cannot rename. */
export function checkPatchedName(object: JsonObject, name: string): void {
  const given = stringAt(objectAt(object, "metadata"), "name");
  if (given === "") throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name) throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}
