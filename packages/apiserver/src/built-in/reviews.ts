import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { UserInfo } from "../handler.ts";
import { type FieldProblem, invalid } from "../field-problem.ts";
import type { ReviewContext } from "../resource-descriptor.ts";
import { badRequest, invalidError } from "../status-error.ts";

/** May the one who asks do this? */
export function answerSelfAccess(review: JsonObject, context: ReviewContext): JsonObject {
  const spec = objectAt(review, "spec");
  refuse([...attributeProblems(spec), ...metadataProblems(review)]);
  return { status: accessStatus(spec, context.user, context) };
}

/** May someone else do this? */
export function answerAccess(review: JsonObject, context: ReviewContext): JsonObject {
  const spec = objectAt(review, "spec");
  refuse([...attributeProblems(spec), ...someoneProblems(spec), ...metadataProblems(review)]);
  return { status: accessStatus(spec, someone(spec), context) };
}

/** May someone else do this in the namespace that is asked in? */
export function answerLocalAccess(review: JsonObject, context: ReviewContext): JsonObject {
  const spec = objectAt(review, "spec");
  const { namespace: _, ...metadata } = objectAt(review, "metadata");
  const resource = spec["resourceAttributes"];
  const other = spec["nonResourceAttributes"];
  refuse([
    ...attributeProblems(spec),
    ...someoneProblems(spec),
    ...metadataProblems({ metadata }),
    ...(isObject(resource) && stringAt(resource, "namespace") !== context.namespace
      ? [invalid("spec.resourceAttributes.namespace", stringAt(resource, "namespace"), "must match metadata.namespace")]
      : []),
    ...(isObject(other) ? [invalid("spec.nonResourceAttributes", shownPath(other), "disallowed on this kind of request")] : []),
  ]);
  return { status: accessStatus(spec, someone(spec), context) };
}

/** What may the one who asks do in a namespace? Source: k8s.io/kubernetes `pkg/registry/authorization/selfsubjectrulesreview`. */
export function answerRules(review: JsonObject, { user, rights }: ReviewContext): JsonObject {
  const namespace = stringAt(objectAt(review, "spec"), "namespace");
  if (namespace === "") throw badRequest("no namespace on request");
  const rules = rights.rulesOf(user, namespace);
  const resourceRules = rules.filter((rule) => listAt(rule, "resources").length > 0).map(withoutUrls);
  const nonResourceRules = rules
    .filter((rule) => listAt(rule, "nonResourceURLs").length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return { status: { resourceRules, nonResourceRules, incomplete: false } };
}

function withoutUrls(rule: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(rule).filter(([key]) => key !== "nonResourceURLs"));
}

function someone(spec: JsonObject): UserInfo {
  return { name: stringAt(spec, "user"), groups: listAt(spec, "groups").map(String) };
}

function accessStatus(spec: JsonObject, user: UserInfo, { authorize, reasonFor }: ReviewContext): JsonObject {
  const request = { user, ...accessOf(spec) };
  if (!authorize(request)) return { allowed: false };
  const reason = reasonFor(request) ?? "";
  return reason === "" ? { allowed: true } : { allowed: true, reason };
}

function accessOf(spec: JsonObject): Omit<Parameters<ReviewContext["authorize"]>[0], "user"> {
  const resource = spec["resourceAttributes"];
  if (!isObject(resource)) {
    const attributes = objectAt(spec, "nonResourceAttributes");
    return { verb: stringAt(attributes, "verb"), path: stringAt(attributes, "path") };
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
  return { verb: stringAt(resource, "verb"), path: "", resource: target };
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

/** Source: k8s.io/kubernetes `pkg/apis/authorization/validation/validation.go`. */
function attributeProblems(spec: JsonObject): readonly FieldProblem[] {
  const resource = spec["resourceAttributes"];
  const other = spec["nonResourceAttributes"];
  if (isObject(resource) && isObject(other)) {
    return [invalid("spec.nonResourceAttributes", shownPath(other), "cannot be specified in combination with resourceAttributes")];
  }
  if (!isObject(resource) && !isObject(other)) {
    return [invalid("spec.resourceAttributes", null, "exactly one of nonResourceAttributes or resourceAttributes must be specified")];
  }
  return isObject(resource) ? selectorProblems(resource) : [];
}

function selectorProblems(resource: JsonObject): readonly FieldProblem[] {
  return (["fieldSelector", "labelSelector"] as const).flatMap((key) => {
    const selector = objectAt(resource, key);
    const raw = stringAt(selector, "rawSelector");
    if (raw === "" || listAt(selector, "requirements").length === 0) return [];
    return [invalid(`spec.resourceAttributes.${key}.rawSelector`, raw, "may not specified at the same time as requirements")];
  });
}

function someoneProblems(spec: JsonObject): readonly FieldProblem[] {
  if (stringAt(spec, "user") !== "" || listAt(spec, "groups").length > 0) return [];
  return [invalid("spec.user", "", "at least one of user or group must be specified")];
}

function metadataProblems(review: JsonObject): readonly FieldProblem[] {
  const { managedFields: _, ...metadata } = objectAt(review, "metadata");
  return Object.keys(metadata).length === 0 ? [] : [invalid("metadata", metadata, "must be empty")];
}

/** As the server's own type writes it. */
function shownPath(attributes: JsonObject): JsonObject {
  return { Path: stringAt(attributes, "path"), Verb: stringAt(attributes, "verb") };
}

/** The server names no kind here. */
function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw invalidError({ group: "authorization.k8s.io", resource: "" }, "", problems);
}
