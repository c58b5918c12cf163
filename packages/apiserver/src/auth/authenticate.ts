import { createHash, timingSafeEqual } from "node:crypto";
import type { ServerRequest, UserInfo } from "../handler.ts";
import { stringAt } from "../json-object.ts";
import type { ServerContext } from "../server-context.ts";
import { StatusError } from "../status-error.ts";

export const ANONYMOUS: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };
export const ADMIN: UserInfo = { name: "admin", groups: ["system:masters", "system:authenticated"] };

/** A bearer token and whom it stands for. */
export interface TokenUser {
  readonly token: string;
  readonly user: UserInfo;
}

/**
 * Who asks: the in-process transport's word, a verified client certificate, or a bearer token. No credentials is anonymous.
 * @throws StatusError 401 for a token nobody knows
 */
export function authenticate(context: ServerContext, request: ServerRequest): UserInfo {
  if (request.user !== undefined) return request.user;
  const certificate = request.peer?.certificate;
  if (certificate !== undefined) return { name: certificate.commonName, groups: [...certificate.organizations, "system:authenticated"] };
  const match = /^bearer +(\S+)\s*$/i.exec(request.headers["authorization"] ?? "");
  if (match === null) return ANONYMOUS;
  const user = userOfToken(context, match[1] as string);
  if (user !== undefined) return user;
  throw new StatusError({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

/** The user a bearer token stands for: one given at start, or a service account while it and what the token is bound to exist. */
export function userOfToken({ tokens, store, clock, serviceAccountTokens }: ServerContext, token: string): UserInfo | undefined {
  const known = tokens.find((candidate) => isSameSecret(candidate.token, token));
  if (known !== undefined) return known.user;
  return serviceAccountTokens.verify(token, clock.now(), ({ resource, namespace, name, uid }) => {
    const stored = store.collection(resource).get(namespace, name);
    return stored !== undefined && stringAt(stored.object["metadata"], "uid") === uid;
  });
}

/** In time that does not tell how much of it is right. */
function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
