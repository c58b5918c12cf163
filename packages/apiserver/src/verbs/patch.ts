import type { TransportResponse } from "@operatorkit/api";
import { JsonPatchError, applyJsonPatch, mergePatch } from "@operatorkit/object";
import type { Json, JsonPatchOperation } from "@operatorkit/object";
import { MergeError, goString, strategicMergePatch } from "@operatorkit/schema/merge";
import { invalid } from "../field-problem.ts";
import { type JsonObject, isObject, stringAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { decodeText } from "../request/decode-body.ts";
import { typedObject } from "../request/decode-object.ts";
import { type WriteOptions, writeOptions } from "../request/write-options.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { StatusError, badRequest, invalidError, plainError } from "../status-error.ts";
import { applyObject } from "./apply.ts";
import { convertedWords } from "../typed/type-mismatch.ts";
import { checkPatchedName, patchText, patchTypeOf } from "./patch-request.ts";
import { checkVersion } from "./commit.ts";
import { placeInNamespace } from "./prepared-object.ts";
import { storedObject } from "./read.ts";
import { changedObject } from "./update.ts";

export function patchObject(context: ServerContext, request: ResourceRequest): TransportResponse {
  const type = patchTypeOf(context, request);
  const options = writeOptions("PatchOptions", request.query, request.request, type === "apply");
  if (type === "apply") return applyObject(context, request, options);
  const text = patchText(request);
  const stored = storedObject(context, request);
  const before = present(request.descriptor, stored.object);
  const { value, duplicates } = patchedValue(request, type, text, before);
  const object = typedPatched(request, value, duplicates, options, type === "strategic" ? text : undefined);
  checkPatchedName(object, request.target.name);
  const placed = placeInNamespace(object, request);
  checkVersion(request, stringAt(placed["metadata"], "resourceVersion"), stored);
  return objectResponse(request, 200, changedObject(context, request, stored, placed, options));
}

/** The value a patch makes of `before`. */
export function patchedValue(
  request: ResourceRequest,
  type: "json" | "merge" | "strategic",
  text: string,
  before: JsonObject,
): { readonly value: unknown; readonly duplicates: readonly string[] } {
  const { value: patch, duplicates } = decodeText("json", text, (problem) => badRequest(`error decoding patch: ${problem}`));
  if (type === "json") return { value: applyOperations(before, patch), duplicates: [] };
  if (!isObject(patch))
    throw badRequest(`error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  if (type === "merge") return { value: mergePatch(before as Json, patch as Json), duplicates };
  return { value: strategicallyPatched(request.descriptor, before, patch), duplicates };
}

function strategicallyPatched(descriptor: ResourceDescriptor, before: JsonObject, patch: JsonObject): JsonObject {
  try {
    return strategicMergePatch(before, patch, descriptor.schema() ?? {});
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw error.code === "BadRequest" ? badRequest(error.message) : plainError(error.message);
  }
}

function applyOperations(before: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(`error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type []handlers.jsonPatchOp`);
  }
  try {
    return applyJsonPatch(before as Json, patch as JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    if (error.code === "TooManyOperations") throw new StatusError({ code: 413, reason: "RequestEntityTooLarge", message: error.message });
    throw new StatusError({
      code: 422,
      reason: "Invalid",
      message: "the server rejected our request due to an error in our request",
      details: {},
    });
  }
}

/**
 * What a patch made must still be an object of the kind; if not, the patch is what is invalid. What a strategic one made is converted
 * without becoming JSON, and that patch itself is shown.
 */
function typedPatched(
  request: ResourceRequest,
  value: unknown,
  duplicates: readonly string[],
  options: WriteOptions,
  strategic: string | undefined,
): JsonObject {
  const { descriptor, warnings } = request;
  if (!isObject(value)) throw invalidPatch(value, `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`);
  checkPatchedType(request, value);
  try {
    return typedObject(value, duplicates, descriptor, options.fieldValidation, warnings);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 400) throw error;
    const why = error.message.replace(/^.* cannot be handled as a [^:]*: /, "");
    if (strategic === undefined) throw invalidPatch(value, why);
    throw invalidPatchText(goString(JSON.parse(strategic) as Json), convertedWords(error) ?? why);
  }
}

/** A patch cannot turn an object into one of another kind. */
function checkPatchedType({ descriptor }: ResourceRequest, value: JsonObject): void {
  for (const key of ["kind", "apiVersion"] as const) {
    const given = stringAt(value, key);
    if (given === descriptor[key]) continue;
    if (descriptor.origin === "built-in") {
      throw invalidPatch(
        value,
        `no kind ${JSON.stringify(stringAt(value, "kind"))} is registered for version ${JSON.stringify(stringAt(value, "apiVersion"))} in scheme "pkg/runtime/scheme.go:111"`,
      );
    }
    const subject = { group: descriptor.group, resource: stringAt(value, "kind") };
    throw invalidError(subject, stringAt(value["metadata"], "name"), [invalid(key, given, `must be ${descriptor[key]}`)]);
  }
}

function invalidPatch(value: unknown, why: string): StatusError {
  return invalidPatchText(JSON.stringify(value), why);
}

function invalidPatchText(text: string, why: string): StatusError {
  const shown = JSON.stringify(text);
  return invalidError({ group: "", resource: "" }, "", [
    { reason: "FieldValueInvalid", field: "patch", message: `Invalid value: ${shown}: ${why}` },
  ]);
}

function goKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
