import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { UserInfo } from "../handler.ts";
import type { ReviewContext } from "../resource-descriptor.ts";

/** May the one who asks do this? */
export function answerSelfAccess(review: JsonObject, context: ReviewContext): JsonObject {
  return { status: accessStatus(objectAt(review, "spec"), context.user, context) };
}

/** May someone else do this? */
export function answerAccess(review: JsonObject, context: ReviewContext): JsonObject {
  const spec = objectAt(review, "spec");
  const user: UserInfo = { name: stringAt(spec, "user"), groups: listAt(spec, "groups").map(String) };
  return { status: accessStatus(spec, user, context) };
}

function accessStatus(spec: JsonObject, user: UserInfo, { authorize }: ReviewContext): JsonObject {
  const resource = spec["resourceAttributes"];
  if (!isObject(resource)) {
    const attributes = objectAt(spec, "nonResourceAttributes");
    return { allowed: authorize({ user, verb: stringAt(attributes, "verb"), path: stringAt(attributes, "path") }) };
  }
  const target = {
    group: stringAt(resource, "group"),
    version: stringAt(resource, "version"),
    namespace: stringAt(resource, "namespace"),
    plural: stringAt(resource, "resource"),
    name: stringAt(resource, "name"),
    subresource: stringAt(resource, "subresource"),
    isWatchPath: false,
  };
  return { allowed: authorize({ user, verb: stringAt(resource, "verb"), path: "", resource: target }) };
}

/** Who is it that asks? */
export function answerSelf(_review: JsonObject, { user, now }: ReviewContext): JsonObject {
  return { metadata: { creationTimestamp: now }, status: { userInfo: shown(user) } };
}

/** Whose token is this? */
export function answerToken(review: JsonObject, { authenticate }: ReviewContext): JsonObject {
  const user = authenticate(stringAt(objectAt(review, "spec"), "token"));
  if (user === undefined) return { status: { user: {}, error: "[invalid bearer token]" } };
  return { status: { authenticated: true, user: shown(user) } };
}

function shown({ name, uid, groups, extra }: UserInfo): JsonObject {
  return { username: name, ...(uid !== undefined && { uid }), groups, ...(extra !== undefined && { extra }) };
}
