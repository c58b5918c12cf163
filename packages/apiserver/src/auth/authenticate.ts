import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerRequest, UserInfo } from "../handler.ts";
import { StatusError } from "../status-error.ts";

export const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };
export const ADMIN: UserInfo = { name: "admin", groups: ["system:masters", "system:authenticated"] };

/** A bearer token and whom it stands for. */
export interface TokenUser {
  readonly token: string;
  readonly user: UserInfo;
}

/** Where tokens are looked up. */
export interface KnownTokens {
  readonly tokens: readonly TokenUser[];
  /** The service account a token was issued to. */
  readonly serviceAccount: (token: string) => UserInfo | undefined;
}

/**
 * Who asks: the in-process transport's word, a verified client certificate, or a bearer token. No credentials is anonymous.
 * @throws StatusError 401 for a token nobody knows
 */
export function authenticate(request: ServerRequest, { tokens, serviceAccount }: KnownTokens): UserInfo {
  if (request.user !== undefined) return request.user;
  const certificate = request.peer?.certificate;
  if (certificate !== undefined) return { name: certificate.commonName, groups: [...certificate.organizations, "system:authenticated"] };
  const header = request.headers["authorization"] ?? "";
  const match = /^bearer +(\S+)\s*$/i.exec(header);
  if (match === null) return ANONYMOUS;
  const given = match[1] as string;
  const known = tokens.find(({ token }) => isSameSecret(token, given));
  const user = known?.user ?? serviceAccount(given);
  if (user !== undefined) return user;
  throw new StatusError({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

/** In time that does not tell how much of it is right. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
