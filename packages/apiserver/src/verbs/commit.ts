import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { liveIfOnlyTimesDiffer } from "@operatorkit/schema/merge";
import { type JsonObject, objectAt, stringAt } from "../json-object.ts";
import { present } from "../presentation.ts";
import type { ResourceDescriptor, RuleContext } from "../resource-descriptor.ts";
import { type ResourceRequest, kindSubject } from "../resource-request.ts";
import { isReleased } from "../rules/deletion.ts";
import { parseVersion } from "../rules/version-match.ts";
import { type ServerContext, collectionOf } from "../server-context.ts";
import { MODIFIED, conflict, invalidError, plainError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { preparedForUpdate } from "./prepared-object.ts";

/** An object in the form it is stored in. */
export function toStorage(descriptor: ResourceDescriptor, object: JsonObject): JsonObject {
  return descriptor.toStorage === undefined ? object : descriptor.toStorage(object);
}

/** Refuses an update of another version than the stored one. @throws StatusError 409, 500 */
export function checkVersion({ subject }: ResourceRequest, object: JsonObject, stored: StoredObject): void {
  const given = stringAt(object["metadata"], "resourceVersion");
  if (given === "" || given === "0") return;
  if (parseVersion(given) === undefined) throw plainError(`strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`);
  if (Number(given) !== stored.version) throw conflict(subject, stored.name, MODIFIED);
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
  const prepared = preparedForUpdate(request, changed, before, rule);
  const metadata: JsonObject = { ...objectAt(prepared, "metadata"), resourceVersion: String(stored.version) };
  const next: JsonObject = { ...prepared, metadata };
  allocated(context, request, next, before);
  if (isReleased(next) && descriptor.rules.heldBack?.(next) !== true) {
    if (!rule.dryRun) collectionOf(context, descriptor).remove(stored.namespace, stored.name);
    return next;
  }
  const kept = toStorage(descriptor, next);
  const shown = present(descriptor, kept);
  if (rule.dryRun) return shown;
  if (sameJson(shown as Json, before as Json) || liveIfOnlyTimesDiffer(shown, before) === before) return before;
  const { object } = collectionOf(context, descriptor).put(stored.namespace, stored.name, kept);
  return present(descriptor, object);
}

/** Takes the unique values a kind hands out, but not to who writes a part of an object alone. @throws StatusError 422 */
export function allocated(
  context: ServerContext,
  { descriptor, subresource }: ResourceRequest,
  object: JsonObject,
  before: JsonObject | undefined,
): void {
  const { allocate } = descriptor.rules;
  if (allocate === undefined || subresource !== undefined) return;
  const others = collectionOf(context, descriptor).objects();
  const problems = allocate(object, before, others, context.random);
  if (problems.length > 0) throw invalidError(kindSubject(descriptor), stringAt(object["metadata"], "name"), problems);
}
