import type { TransportResponse } from "@operatorkit/api";
import { MergeError, applyConfiguration, conflictStatus } from "@operatorkit/schema/merge";
import { type JsonObject, isObject, objectAt, stringAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { decodeText } from "../request/decode-body.ts";
import { typedObject } from "../request/decode-object.ts";
import type { WriteOptions } from "../request/write-options.ts";
import { type ResourceRequest, kindSubject } from "../resource-request.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { StatusError, badRequest, conflict, invalidError, notFound, plainError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { convertedWords } from "../typed/type-mismatch.ts";
import { checkIsVersion, checkVersion, storedUpdate } from "./commit.ts";
import { storedPrepared, withVersionAsSent } from "./create.ts";
import { mergeOptions } from "./managed-fields.ts";
import { checkPatchedName, patchText } from "./patch-request.ts";
import { placeInNamespace, withoutForeignFields } from "./prepared-object.ts";
import { mergedForPath } from "./update.ts";

/**
 * Server-side apply: creates the object or merges into it.
 * Source: apiserver `endpoints/handlers/patch.go` (applyPatcher), KEP-555.
 */
export function applyObject(context: ServerContext, request: ResourceRequest, options: WriteOptions): TransportResponse {
  const { descriptor, subject, subresource, target } = request;
  const config = configurationOf(request);
  const stored = collectionOf(context, descriptor).get(target.namespace, target.name);
  if (stored !== undefined) {
    return objectResponse(request, 200, appliedTo(context, request, stored, config, options));
  }
  if (subresource !== undefined && !descriptor.rules.createOnUpdate) throw notFound(subject, target.name);
  const uid = stringAt(config["metadata"], "uid");
  if (uid !== "")
    throw conflict(subject, target.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
  const { resourceVersion, ...metadata } = objectAt(config, "metadata");
  const object = merged(context, request, undefined, { ...config, metadata }, options);
  checkIsVersion(stringAt(config["metadata"], "resourceVersion"));
  checkNulls(request, withoutForeignFields(object, descriptor));
  const created = withoutForeignFields(typed(request, object, options), descriptor);
  const made = storedPrepared(context, request, placeInNamespace(created, request), options, request.nowMs);
  return objectResponse(request, 201, options.dryRun ? withVersionAsSent(made, resourceVersion) : made);
}

/** The applied configuration, which may be YAML; 400 unless it says what it is of. */
function configurationOf(request: ResourceRequest): JsonObject {
  const { descriptor, target } = request;
  const text = patchText(request);
  const { value, duplicates } = decodeText(text.trimStart().startsWith("{") ? "json" : "yaml", text, (problem) =>
    badRequest(`error decoding YAML: ${problem}`),
  );
  if (duplicates.length > 0) {
    throw plainError(`error decoding YAML: error converting YAML to JSON: yaml: key ${JSON.stringify(duplicates[0])} already set in map`);
  }
  if (!isObject(value))
    throw badRequest(`error decoding YAML: json: cannot unmarshal ${typeof value} into Go value of type map[string]interface {}`);
  const kind = stringAt(value, "kind");
  const apiVersion = stringAt(value, "apiVersion");
  if (kind !== descriptor.kind || apiVersion === "") {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  if (apiVersion !== descriptor.apiVersion)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${descriptor.apiVersion}`,
    );
  const given = stringAt(value["metadata"], "name");
  if (given === "") throw badRequest(`the name of the object (${target.name} based on URL) was undeterminable: name must be provided`);
  checkPatchedName(value, target.name);
  return value;
}

function appliedTo(
  context: ServerContext,
  request: ResourceRequest,
  stored: StoredObject,
  config: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { descriptor, subresource, nowMs } = request;
  const before = present(descriptor, stored.object);
  const object = merged(context, request, before, config, options);
  const given = stringAt(config["metadata"], "resourceVersion");
  if (given !== "") checkVersion(request, given, stored);
  checkNulls(request, mergedForPath(request, object, before));
  const placed = placeInNamespace(typed(request, object, options), request);
  const after = mergedForPath(request, placed, before);
  return storedUpdate(context, request, stored, after, {
    operation: "update",
    subresource: subresource?.name,
    nowMs,
    dryRun: options.dryRun,
  });
}

/** @throws StatusError 400, 409, 500 */
function merged(
  context: ServerContext,
  request: ResourceRequest,
  live: JsonObject | undefined,
  config: JsonObject,
  options: WriteOptions,
): JsonObject {
  const { descriptor, subresource, nowMs } = request;
  const writer = { manager: options.fieldManager, subresource: subresource?.name ?? "" };
  const merging = mergeOptions(context.registry, descriptor, subresource, writer, nowMs);
  try {
    const { object, conflicts } = applyConfiguration({ ...merging, ...(live !== undefined && { live }), config, force: options.force });
    if (conflicts.length === 0) return object as JsonObject;
    const { code, reason, message, details } = conflictStatus(conflicts);
    throw new StatusError({ code, reason, message, details: { ...details } });
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw error.code === "BadRequest" ? badRequest(error.message) : plainError(error.message);
  }
}

/** Refuses what the merge made and typing would hide, where this path writes it. @throws StatusError 422 */
function checkNulls({ descriptor, target }: ResourceRequest, object: JsonObject): void {
  const problems = descriptor.rules.mergedProblems?.(object) ?? [];
  if (problems.length > 0) throw invalidError(kindSubject(descriptor), target.name, problems);
}

function typed({ descriptor, target, warnings }: ResourceRequest, object: JsonObject, options: WriteOptions): JsonObject {
  try {
    return typedObject(object, [], descriptor, options.fieldValidation, warnings);
  } catch (error) {
    // What the merge could not know of, and the kind's own type does: text that is not base64 or no quantity.
    if (!(error instanceof StatusError) || !(error.cause instanceof StatusError)) throw error;
    const why = convertedWords(error) ?? error.cause.message;
    const { group, version, kind } = descriptor;
    const what = `${group}/${version}, Kind=${kind}`;
    throw plainError(
      `failed to convert new object (/${target.name}; ${what}) to proper version: unable to convert unstructured object to ${what}: ${why}`,
    );
  }
}
