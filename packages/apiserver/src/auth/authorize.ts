import type { UserInfo } from "../handler.ts";
import type { ResourceTarget } from "../request/request-info.ts";
import type { Verb } from "../resource-descriptor.ts";
import { StatusError } from "../status-error.ts";

/** What someone wants to do. `resource` is set for requests about resources. */
export interface AccessRequest {
  readonly user: UserInfo;
  /** `get`, `list`, … for resources, the method in lower case for other paths. */
  readonly verb: Verb | (string & {});
  readonly path: string;
  readonly resource?: ResourceTarget;
}

/** Says whether a request is allowed. Called before anything is read or decoded. */
export type Authorizer = (request: AccessRequest) => boolean;

/** The 403 for a refused request. Source: apiserver `endpoints/handlers/responsewriters/errors.go`. */
export function accessDenied({ user, verb, path, resource }: AccessRequest): StatusError {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (resource === undefined) {
    return new StatusError({ code: 403, reason: "Forbidden", message: `forbidden: ${who} path ${JSON.stringify(path)}`, details: {} });
  }
  const { group, plural, subresource, namespace, name } = resource;
  const what = subresource === "" ? plural : `${plural}/${subresource}`;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const subject = group === "" ? plural : `${plural}.${group}`;
  return new StatusError({
    code: 403,
    reason: "Forbidden",
    message: `${subject}${name === "" ? "" : ` ${JSON.stringify(name)}`} is forbidden: ${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`,
    details: { ...(name !== "" && { name }), ...(group !== "" && { group }), kind: plural },
  });
}
