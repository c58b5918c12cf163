import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { liveIfOnlyTimesDiffer } from "@operatorkit/schema/merge";
import { type JsonObject, objectAt } from "../json-object.ts";
import { present } from "../presentation.ts";
import type { ResourceDescriptor, RuleContext } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import { isReleased } from "../rules/deletion.ts";
import { parseVersion } from "../rules/version-match.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { MODIFIED, conflict, invalidError, plainError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { checkSize } from "./object-size.ts";
import { preparedForUpdate } from "./prepared-object.ts";

/** An object in the form it is stored in. */
export function toStorage(descriptor: ResourceDescriptor, object: JsonObject): JsonObject {
  return descriptor.toStorage === undefined ? object : descriptor.toStorage(object);
}

/** Refuses an update of another version than the stored one; none is any, where the kind allows that. @throws StatusError 409, 422, 500 */
export function checkVersion({ subject, descriptor }: ResourceRequest, given: string, stored: StoredObject): void {
  checkIsVersion(given);
  const isAny = given === "" || Number(given) === 0;
  if (isAny && descriptor.rules.unconditionalUpdate) return;
  if (isAny) {
    const message = "Invalid value: 0: must be specified for an update";
    throw invalidError(subject, stored.name, [{ reason: "FieldValueInvalid", field: "metadata.resourceVersion", message }]);
  }
  if (Number(given) !== stored.version) throw conflict(subject, stored.name, MODIFIED);
}

/** @throws StatusError 500 for what cannot be a version */
export function checkIsVersion(given: string): void {
  if (given !== "" && parseVersion(given) === undefined)
    throw plainError(`strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`);
}

/**
 * Checks a changed object and stores it in place of `stored`; returns it as the request's version shows it. Nothing is written
 * when nothing changed, and an object that was only held by what the update took away is removed.
 */
export function storedUpdate(
  context: ServerContext,
  request: ResourceRequest,
  stored: StoredObject,
  changed: JsonObject,
  rule: RuleContext,
): JsonObject {
  const { descriptor } = request;
  const before = present(descriptor, stored.object);
  descriptor.rules.admit?.(changed, before, { ...request, ...context });
  const prepared = preparedForUpdate(context, request, changed, before, rule);
  const metadata: JsonObject = { ...objectAt(prepared, "metadata"), resourceVersion: String(stored.version) };
  const next: JsonObject = { ...prepared, metadata };
  if (isReleased(next) && descriptor.rules.heldBack?.(next) !== true) {
    if (!rule.dryRun) collectionOf(context, descriptor).remove(stored.namespace, stored.name);
    return next;
  }
  const kept = toStorage(descriptor, next);
  const shown = present(descriptor, kept);
  if (rule.dryRun) return shown;
  if (sameJson(shown as Json, before as Json) || liveIfOnlyTimesDiffer(shown, before) === before) return before;
  checkSize(kept);
  const { object } = collectionOf(context, descriptor).put(stored.namespace, stored.name, kept);
  return present(descriptor, object);
}
