import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { UserInfo } from "../handler.ts";
import type { Store } from "../store/store.ts";
import type { AccessRequest } from "./authorize.ts";

const GROUP = "rbac.authorization.k8s.io";
export const SUPERUSERS = "system:masters";

/** A rule and how a user comes to it. */
interface Granted {
  readonly rule: JsonObject;
  readonly binding: JsonObject;
  readonly subject: JsonObject;
}

/**
 * Rights as the Roles and bindings in the store give them; `system:masters` may do everything.
 * Source: k8s.io/kubernetes `plugin/pkg/auth/authorizer/rbac/rbac.go`, `pkg/apis/rbac/v1/evaluation_helpers.go`.
 */
export class Rights {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Why a request is allowed, which may be `""`; undefined when it is not. */
  reasonFor(request: AccessRequest): string | undefined {
    const { user, resource } = request;
    if (user.groups.includes(SUPERUSERS)) return "";
    const namespace = resource?.namespace ?? "";
    for (const granted of this.#granted(user, namespace)) if (allows(granted.rule, request)) return reasonOf(granted);
    return undefined;
  }

  /** Every rule that is bound to a user, cluster-wide or in a namespace. */
  rulesOf(user: UserInfo, namespace: string): readonly JsonObject[] {
    return Array.from(this.#granted(user, namespace), ({ rule }) => rule);
  }

  /** The rules of the role that a binding names; undefined when there is no such role. */
  rulesOfRole(roleRef: JsonObject, namespace: string): readonly JsonObject[] | undefined {
    const name = stringAt(roleRef, "name");
    const role =
      stringAt(roleRef, "kind") === "ClusterRole"
        ? this.#store.collection(`clusterroles.${GROUP}`).get("", name)
        : this.#store.collection(`roles.${GROUP}`).get(namespace, name);
    return role === undefined ? undefined : listAt(role.object, "rules").filter(isObject);
  }

  *#granted(user: UserInfo, namespace: string): Iterable<Granted> {
    for (const binding of this.#store.collection(`clusterrolebindings.${GROUP}`).objects()) yield* this.#through(binding, user, "");
    if (namespace === "") return;
    for (const { object } of this.#store.collection(`rolebindings.${GROUP}`).page({ namespace }).items) {
      yield* this.#through(object, user, namespace);
    }
  }

  *#through(binding: JsonObject, user: UserInfo, namespace: string): Iterable<Granted> {
    const subject = listAt(binding, "subjects")
      .filter(isObject)
      .find((candidate) => names(candidate, user, namespace));
    if (subject === undefined) return;
    for (const rule of this.rulesOfRole(objectAt(binding, "roleRef"), namespace) ?? []) yield { rule, binding, subject };
  }
}

function names(subject: JsonObject, user: UserInfo, namespace: string): boolean {
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
}

function reasonOf({ binding, subject }: Granted): string {
  const metadata = objectAt(binding, "metadata");
  const namespace = stringAt(metadata, "namespace");
  const bound = namespace === "" ? "ClusterRoleBinding" : "RoleBinding";
  const name = stringAt(metadata, "name") + (namespace === "" ? "" : `/${namespace}`);
  const roleRef = objectAt(binding, "roleRef");
  const kind = stringAt(subject, "kind");
  const who = stringAt(subject, "name") + (kind === "ServiceAccount" ? `/${stringAt(subject, "namespace") || namespace}` : "");
  return `RBAC: allowed by ${bound} "${name}" of ${stringAt(roleRef, "kind")} "${stringAt(roleRef, "name")}" to ${kind} "${who}"`;
}

function allows(rule: JsonObject, { verb, path, resource }: AccessRequest): boolean {
  if (!has(rule, "verbs", verb)) return false;
  if (resource === undefined) return listAt(rule, "nonResourceURLs").some((url) => matchesUrl(String(url), path));
  const { group, plural, subresource, name } = resource;
  const what = subresource === "" ? plural : `${plural}/${subresource}`;
  const resourceNames = listAt(rule, "resourceNames");
  return (
    has(rule, "apiGroups", group) &&
    (has(rule, "resources", what) || (subresource !== "" && listAt(rule, "resources").includes(`*/${subresource}`))) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  );
}

function has(rule: JsonObject, key: string, value: string): boolean {
  const list = listAt(rule, key);
  return list.includes(value) || list.includes("*");
}

/** Whether a rule's URL, which may end with a star, means a path. */
export function matchesUrl(pattern: string, path: string): boolean {
  return pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
