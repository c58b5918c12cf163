import { type JsonObject, isObject, listAt, stringAt } from "../json-object.ts";
import type { UserInfo } from "../handler.ts";
import type { Store } from "../store/store.ts";
import type { AccessRequest, Authorizer } from "./authorize.ts";

const GROUP = "rbac.authorization.k8s.io";
const SUPERUSERS = "system:masters";

/** What everyone may read: whether the server is well, and what it is. Source: the bootstrap roles `system:public-info-viewer`. */
const PUBLIC = /^\/(healthz|livez|readyz|version)(\/|$)/;
/** What everyone who is known may read: what there is. Source: the bootstrap role `system:discovery`. */
const DISCOVERY = /^\/(api|apis|openapi)(\/|$)/;

/**
 * Rights as the Roles and bindings in the store give them; `system:masters` may do everything.
 * Source: k8s.io/kubernetes `plugin/pkg/auth/authorizer/rbac/rbac.go`, `pkg/apis/rbac/v1/evaluation_helpers.go`.
 */
export function rbac(store: Store): Authorizer {
  return (request) => {
    const { user, verb, path, resource } = request;
    if (user.groups.includes(SUPERUSERS)) return true;
    if (resource === undefined) {
      if (verb === "get" && PUBLIC.test(path)) return true;
      if (verb === "get" && user.groups.includes("system:authenticated") && DISCOVERY.test(path)) return true;
    }
    if (user.groups.includes("system:authenticated") && isAboutSelf(request)) return true;
    return rulesFor(store, user, resource?.namespace ?? "").some((rule) => allows(rule, request));
  };
}

/** What everyone who is known may ask about themselves. Source: the bootstrap role `system:basic-user`. */
function isAboutSelf({ verb, resource }: AccessRequest): boolean {
  return (
    verb === "create" && resource !== undefined && SELF_REVIEWS.has(`${resource.plural}.${resource.group}`) && resource.subresource === ""
  );
}

const SELF_REVIEWS: ReadonlySet<string> = new Set([
  "selfsubjectreviews.authentication.k8s.io",
  "selfsubjectaccessreviews.authorization.k8s.io",
  "selfsubjectrulesreviews.authorization.k8s.io",
]);

/** Every rule that is bound to a user, cluster-wide or in a namespace. */
function rulesFor(store: Store, user: UserInfo, namespace: string): readonly JsonObject[] {
  const rules: unknown[] = [];
  for (const binding of store.collection(`clusterrolebindings.${GROUP}`).objects()) {
    if (isBound(binding, user, "")) rules.push(...clusterRules(store, stringAt(binding["roleRef"], "name")));
  }
  if (namespace !== "") {
    for (const { object } of store.collection(`rolebindings.${GROUP}`).page({ namespace }).items) {
      if (!isBound(object, user, namespace)) continue;
      const name = stringAt(object["roleRef"], "name");
      if (stringAt(object["roleRef"], "kind") === "ClusterRole") rules.push(...clusterRules(store, name));
      else rules.push(...listAt(store.collection(`roles.${GROUP}`).get(namespace, name)?.object, "rules"));
    }
  }
  return rules.filter(isObject);
}

function clusterRules(store: Store, name: string): readonly unknown[] {
  return listAt(store.collection(`clusterroles.${GROUP}`).get("", name)?.object, "rules");
}

function isBound(binding: JsonObject, user: UserInfo, namespace: string): boolean {
  return listAt(binding, "subjects").some((subject) => {
    const name = stringAt(subject, "name");
    switch (stringAt(subject, "kind")) {
      case "User":
        return name === user.name;
      case "Group":
        return user.groups.includes(name);
      case "ServiceAccount":
        return user.name === `system:serviceaccount:${stringAt(subject, "namespace") || namespace}:${name}`;
      default:
        return false;
    }
  });
}

function allows(rule: JsonObject, { verb, path, resource }: AccessRequest): boolean {
  if (!has(rule, "verbs", verb)) return false;
  if (resource === undefined) return listAt(rule, "nonResourceURLs").some((url) => matchesUrl(String(url), path));
  const { group, plural, subresource, name } = resource;
  const what = subresource === "" ? plural : `${plural}/${subresource}`;
  const names = listAt(rule, "resourceNames");
  return (
    has(rule, "apiGroups", group) &&
    (has(rule, "resources", what) || (subresource !== "" && listAt(rule, "resources").includes(`*/${subresource}`))) &&
    (names.length === 0 || names.includes(name))
  );
}

function has(rule: JsonObject, key: string, value: string): boolean {
  const list = listAt(rule, key);
  return list.includes(value) || list.includes("*");
}

function matchesUrl(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
