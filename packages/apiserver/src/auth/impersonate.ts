import { dns1123SubdomainProblems } from "@operatorkit/object";
import type { ServerRequest, UserInfo } from "../handler.ts";
import type { ServerContext } from "../server-context.ts";
import { type StatusError, badRequest } from "../status-error.ts";
import { type AccessRequest, accessDenied } from "./authorize.ts";

const AUTHENTICATION = "authentication.k8s.io";
const EXTRA = "impersonate-extra-";

interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** One way to be allowed to be somebody else. */
interface Mode {
  readonly verb: string;
  /** Of users and groups. */
  readonly group: string;
  /** Present when what is then done as the other has to be allowed by itself. */
  readonly onVerb?: (verb: string) => string;
  readonly isFor: (wanted: Wanted) => boolean;
}

const LEGACY: Mode = { verb: "impersonate", group: "", isFor: () => true };
const CONSTRAINED: readonly Mode[] = [
  constrained("serviceaccount", (wanted) => serviceAccountOf(wanted.name) !== undefined && isNameOnly(wanted)),
  constrained("user-info", ({ name }) => serviceAccountOf(name) === undefined && !isNode(name)),
];

function constrained(mode: string, isFor: (wanted: Wanted) => boolean): Mode {
  return { verb: `impersonate:${mode}`, group: AUTHENTICATION, onVerb: (verb) => `impersonate-on:${mode}:${verb}`, isFor };
}

/**
 * Whom a request acts as: the one its `Impersonate-` headers name, when whoever asks may be that one in one of the ways there are (constrained impersonation
 * of users and service accounts, or the verb `impersonate`); else who asks. Impersonated nodes have the old way alone.
 * Source: apiserver `endpoints/filters/impersonation` (KEP-5284).
 * @throws StatusError 400, 403 of the first way that applies
 */
export function impersonated(
  { authorize, release }: ServerContext,
  request: ServerRequest,
  requestor: UserInfo,
  access: Omit<AccessRequest, "user">,
): UserInfo {
  const wanted = wantedOf(request);
  if (wanted === undefined) return requestor;
  let refusal: StatusError | undefined;
  for (const mode of [...(release.has("constrainedImpersonation") ? CONSTRAINED : []), LEGACY]) {
    if (!mode.isFor(wanted)) continue;
    const denied = requestsOf(wanted, mode, requestor, access).find((one) => !authorize(one));
    if (denied === undefined) return actualUser(wanted);
    refusal ??= accessDenied(denied);
  }
  throw refusal as StatusError;
}

function wantedOf({ headers, repeatedHeaders = {} }: ServerRequest): Wanted | undefined {
  const valuesOf = (name: string): readonly string[] => repeatedHeaders[name] ?? (headers[name] === undefined ? [] : [headers[name]]);
  const [name = ""] = valuesOf("impersonate-user");
  const [uid = ""] = valuesOf("impersonate-uid");
  const groups = valuesOf("impersonate-group");
  const extra: Record<string, readonly string[]> = {};
  for (const header of [...Object.keys(headers), ...Object.keys(repeatedHeaders)]) {
    if (header.startsWith(EXTRA)) extra[unescaped(header.slice(EXTRA.length))] = valuesOf(header);
  }
  if (name !== "") return { name, uid, groups, extra };
  const extras = Object.entries(extra);
  if (uid === "" && groups.length === 0 && extras.length === 0) return undefined;
  const list = (values: readonly string[]): string => `[]string{${values.map((value) => JSON.stringify(value)).join(", ")}}`;
  const shownExtra =
    extras.length === 0 ? "(nil)" : `{${extras.map(([key, values]) => `${JSON.stringify(key)}:${list(values)}`).join(", ")}}`;
  throw badRequest(
    `requested &user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${groups.length === 0 ? "[]string(nil)" : list(groups)}, Extra:map[string][]string${shownExtra}} without impersonating a user name`,
  );
}

/** What must be allowed, all of it. */
function requestsOf(wanted: Wanted, mode: Mode, user: UserInfo, access: Omit<AccessRequest, "user">): readonly AccessRequest[] {
  const { name, uid, groups, extra } = wanted;
  const ask = (group: string, plural: string, of: string, more: { namespace?: string; subresource?: string } = {}): AccessRequest => ({
    user,
    verb: mode.verb,
    path: "",
    resource: { group, version: "v1", namespace: "", plural, name: of, subresource: "", isWatchPath: false, ...more },
  });
  const account = serviceAccountOf(name);
  return [
    ...(mode.onVerb === undefined ? [] : [{ ...access, user, verb: mode.onVerb(access.verb) }]),
    account === undefined
      ? ask(mode.group, "users", name)
      : ask(mode.group, "serviceaccounts", account.name, { namespace: account.namespace }),
    ...(uid === "" ? [] : [ask(AUTHENTICATION, "uids", uid)]),
    ...groups.map((group) => ask(mode.group, "groups", group)),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ask(AUTHENTICATION, "userextras", value, { subresource: key })),
    ),
  ];
}

function actualUser({ name, uid, groups: given, extra }: Wanted): UserInfo {
  const account = serviceAccountOf(name);
  const groups =
    account !== undefined && given.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account.namespace}`] : given;
  const everyone =
    name === "system:anonymous" || groups.includes("system:unauthenticated") ? "system:unauthenticated" : "system:authenticated";
  return {
    name,
    groups: groups.includes(everyone) ? groups : [...groups, everyone],
    ...(uid !== "" && { uid }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function serviceAccountOf(name: string): { readonly namespace: string; readonly name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  return match === null ? undefined : { namespace: match[1] as string, name: match[2] as string };
}

function isNode(name: string): boolean {
  return name.startsWith("system:node:") && dns1123SubdomainProblems(name.slice("system:node:".length)).length === 0;
}

function isNameOnly({ uid, groups, extra }: Wanted): boolean {
  return uid === "" && groups.length === 0 && Object.keys(extra).length === 0;
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
