import { dns1123SubdomainProblems, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { escalation } from "../auth/escalation.ts";
import { SUPERUSERS } from "../auth/rights.ts";
import { type FieldProblem, invalid, notSupported, required } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { WriteAccess } from "../resource-descriptor.ts";
import { forbiddenError, notFound } from "../status-error.ts";
import { PATH_SEGMENT, type RuleOverrides } from "./rules.ts";

const GROUP = "rbac.authorization.k8s.io";
const EVERYTHING: readonly JsonObject[] = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
  { nonResourceURLs: ["*"], verbs: ["*"] },
];

/** Roles: who writes one must hold what it gives. Source: k8s.io/kubernetes `pkg/registry/rbac/{role,clusterrole}/policybased/storage.go`. */
export const ROLE: RuleOverrides = {
  ...PATH_SEGMENT,
  validate: (role) => roleProblems(role, true),
  admit: admitRole,
};

export const CLUSTER_ROLE: RuleOverrides = {
  ...PATH_SEGMENT,
  validate: (role) => [
    ...roleProblems(role, false),
    ...(isObject(role["aggregationRule"]) && listAt(role["aggregationRule"], "clusterRoleSelectors").length === 0
      ? [required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil")]
      : []),
  ],
  admit: admitRole,
};

/** Bindings: who writes one must hold what its role gives. Source: `pkg/registry/rbac/{rolebinding,clusterrolebinding}/policybased/storage.go`. */
export const ROLE_BINDING: RuleOverrides = {
  ...PATH_SEGMENT,
  validate: (binding, before) => bindingProblems(binding, before, ["Role", "ClusterRole"]),
  admit: admitBinding,
};

export const CLUSTER_ROLE_BINDING: RuleOverrides = {
  ...PATH_SEGMENT,
  validate: (binding, before) => bindingProblems(binding, before, ["ClusterRole"]),
  admit: admitBinding,
};

function admitRole(role: JsonObject, before: JsonObject | undefined, access: WriteAccess): void {
  const { user, subject, authorize, rights, target } = access;
  if (user.groups.includes(SUPERUSERS) || changesOwnersAlone(role, before)) return;
  if (authorize({ user, verb: "escalate", path: "", resource: { ...target, subresource: "" } })) return;
  const name = stringAt(role["metadata"], "name");
  const held = rights.rulesOf(user, target.namespace);
  const refusal = escalation(user, held, listAt(role, "rules").filter(isObject));
  if (refusal !== undefined) throw forbiddenError(subject, name, refusal);
  const gathers = isObject(role["aggregationRule"]) || isObject(before?.["aggregationRule"]);
  if (gathers && escalation(user, held, EVERYTHING) !== undefined) {
    throw forbiddenError(subject, name, "must have cluster-admin privileges to use the aggregationRule");
  }
}

function admitBinding(binding: JsonObject, before: JsonObject | undefined, access: WriteAccess): void {
  const { user, subject, authorize, rights, target } = access;
  if (user.groups.includes(SUPERUSERS) || changesOwnersAlone(binding, before)) return;
  const roleRef = objectAt(binding, "roleRef");
  const name = stringAt(roleRef, "name");
  const plural = stringAt(roleRef, "kind") === "ClusterRole" ? "clusterroles" : "roles";
  if (authorize({ user, verb: "bind", path: "", resource: { ...target, plural, name, subresource: "" } })) return;
  const wanted = rights.rulesOfRole(roleRef, target.namespace);
  if (wanted === undefined) throw notFound(subject, name);
  const refusal = escalation(user, rights.rulesOf(user, target.namespace), wanted);
  if (refusal !== undefined) throw forbiddenError(subject, stringAt(binding["metadata"], "name"), refusal);
}

/** What the garbage collector does needs no rights to hand on. Source: `pkg/registry/rbac/helpers.go` IsOnlyMutatingGCFields. */
function changesOwnersAlone(object: JsonObject, before: JsonObject | undefined): boolean {
  if (before === undefined) return false;
  const rest = ({ metadata, ...content }: JsonObject): Json => {
    const {
      ownerReferences: _,
      finalizers: _finalizers,
      managedFields: _managed,
      resourceVersion: _version,
      ...other
    } = metadata as JsonObject;
    return { ...content, metadata: other } as Json;
  };
  const owners = ({ metadata }: JsonObject): Json => {
    const { ownerReferences, finalizers } = metadata as JsonObject;
    return { ownerReferences: ownerReferences ?? null, finalizers: finalizers ?? null } as Json;
  };
  return sameJson(rest(object), rest(before)) && !sameJson(owners(object), owners(before));
}

/** Source: k8s.io/kubernetes `pkg/apis/rbac/validation/validation.go` ValidatePolicyRule. */
function roleProblems(role: JsonObject, isNamespaced: boolean): readonly FieldProblem[] {
  return listAt(role, "rules")
    .map((rule) => (isObject(rule) ? rule : {}))
    .flatMap((rule, index) => policyProblems(rule, `rules[${index}]`, isNamespaced));
}

function policyProblems(rule: JsonObject, field: string, isNamespaced: boolean): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const has = (key: string): boolean => listAt(rule, key).length > 0;
  if (!has("verbs")) problems.push(required(`${field}.verbs`, "verbs must contain at least one value"));
  if (has("nonResourceURLs")) {
    const refuse = (why: string): FieldProblem => invalid(`${field}.nonResourceURLs`, rule["nonResourceURLs"], why);
    if (isNamespaced) problems.push(refuse("namespaced rules cannot apply to non-resource URLs"));
    if (has("apiGroups") || has("resources") || has("resourceNames")) {
      problems.push(refuse("rules cannot apply to both regular resources and non-resource URLs"));
    }
    return problems;
  }
  if (!has("apiGroups")) problems.push(required(`${field}.apiGroups`, "resource rules must supply at least one api group"));
  if (!has("resources")) problems.push(required(`${field}.resources`, "resource rules must supply at least one resource"));
  return problems;
}

function bindingProblems(binding: JsonObject, before: JsonObject | undefined, kinds: readonly string[]): readonly FieldProblem[] {
  const roleRef = objectAt(binding, "roleRef");
  const problems: FieldProblem[] = [];
  const [group, kind, name] = [stringAt(roleRef, "apiGroup"), stringAt(roleRef, "kind"), stringAt(roleRef, "name")];
  if (group !== GROUP) problems.push(notSupported("roleRef.apiGroup", group, [GROUP]));
  if (!kinds.includes(kind)) problems.push(notSupported("roleRef.kind", kind, kinds));
  if (name === "") problems.push(required("roleRef.name", ""));
  else for (const why of PATH_SEGMENT.nameProblems?.(name) ?? []) problems.push(invalid("roleRef.name", name, why));
  const isNamespaced = kinds.length > 1;
  listAt(binding, "subjects").forEach((subject, index) => {
    problems.push(...subjectProblems(isObject(subject) ? subject : {}, `subjects[${index}]`, isNamespaced));
  });
  if (before !== undefined && !sameJson(roleRef as Json, objectAt(before, "roleRef") as Json)) {
    problems.push(invalid("roleRef", { APIGroup: group, Kind: kind, Name: name }, "cannot change roleRef"));
  }
  return problems;
}

function subjectProblems(subject: JsonObject, field: string, isNamespaced: boolean): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const [group, kind, name] = [stringAt(subject, "apiGroup"), stringAt(subject, "kind"), stringAt(subject, "name")];
  if (name === "") problems.push(required(`${field}.name`, ""));
  switch (kind) {
    case "ServiceAccount":
      if (name !== "") for (const why of dns1123SubdomainProblems(name)) problems.push(invalid(`${field}.name`, name, why));
      if (group !== "") problems.push(notSupported(`${field}.apiGroup`, group, [""]));
      if (!isNamespaced && stringAt(subject, "namespace") === "") problems.push(required(`${field}.namespace`, ""));
      return problems;
    case "User":
    case "Group":
      if (group !== GROUP) problems.push(notSupported(`${field}.apiGroup`, group, [GROUP]));
      return problems;
    default:
      return [...problems, notSupported(`${field}.kind`, kind, ["ServiceAccount", "User", "Group"])];
  }
}
