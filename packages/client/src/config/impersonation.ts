import { ConfigError } from "./config-error.ts";

/** Who requests are made as, when that is somebody else than who is let in. The server asks RBAC for the verb `impersonate`. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  /** What authenticators and authorizers know about the user beside: `{ "example.com/scopes": ["view", "deploy"] }`. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Headers of which some may come several times. */
export interface ImpersonationHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatedHeaders: Readonly<Record<string, readonly string[]>>;
}

/** Source: client-go `transport/round_trippers.go`, impersonatingRoundTripper. */
export function impersonationHeaders({ user, uid, groups = [], extra = {} }: Impersonation): ImpersonationHeaders {
  const repeatedHeaders: Record<string, readonly string[]> = {};
  if (groups.length > 0) repeatedHeaders["impersonate-group"] = groups;
  for (const [key, values] of Object.entries(extra)) {
    if (values.length > 0) repeatedHeaders[`impersonate-extra-${escapedKey(key)}`] = values;
  }
  return { headers: { "impersonate-user": user, ...(uid === undefined ? {} : { "impersonate-uid": uid }) }, repeatedHeaders };
}

/** Refuses what the server would, where it was given. */
export function checkedImpersonation(impersonation: Impersonation, where: string): Impersonation {
  const refuse = (why: string): never => {
    throw new ConfigError(`${where}: ${why}`, { code: "InvalidOptions" });
  };
  const { user, uid, groups = [], extra = {} } = impersonation;
  if (typeof user !== "string" || user === "") refuse("a user is missing: uid, groups and extra are only impersonated along with a user");
  for (const text of [user, uid ?? "", ...groups, ...Object.values(extra).flat()]) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) refuse(`${JSON.stringify(text)} cannot be in a header`);
  }
  if (groups.includes("")) refuse("a group is empty");
  return impersonation;
}

/** Header names are lower-cased on the way, so the key should be; what no header name may hold is percent-encoded. */
function escapedKey(key: string): string {
  return [...Buffer.from(key.toLowerCase(), "utf8")]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[a-z0-9!#$&'*+\-.^_`|~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
