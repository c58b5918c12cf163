import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { UserInfo } from "../handler.ts";

/** Whom a token is for. */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Issues and checks service account tokens: JWTs signed with a key that lives as long as the server (HS256: nobody else has to
 * verify them). The claims are the real server's.
 */
export class ServiceAccountTokens {
  readonly #key = randomBytes(32);

  issue({ namespace, name, uid }: ServiceAccountRef, audiences: readonly string[], nowMs: number, seconds: number, id: string): string {
    const now = Math.floor(nowMs / 1000);
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      jti: id,
      "kubernetes.io": { namespace, serviceaccount: { name, uid } },
      nbf: now,
      sub: userName(namespace, name),
    };
    const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    return `${content}.${this.#sign(content).toString("base64url")}`;
  }

  /** The user a token stands for; `undefined` unless this server issued it and it still counts. */
  verify(token: string, nowMs: number, isAlive: (ref: ServiceAccountRef) => boolean): UserInfo | undefined {
    const [header = "", body = "", signature = "", ...rest] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    const expected = this.#sign(`${header}.${body}`);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    // The signature says that this is what `issue` wrote.
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as {
      readonly exp: number;
      readonly "kubernetes.io": { readonly namespace: string; readonly serviceaccount: { readonly name: string; readonly uid: string } };
    };
    const { namespace, serviceaccount } = claims["kubernetes.io"];
    const ref = { namespace, ...serviceaccount };
    if (claims.exp * 1000 <= nowMs || !isAlive(ref)) return undefined;
    const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
    return { name: userName(namespace, ref.name), uid: ref.uid, groups };
  }

  #sign(content: string): Buffer {
    return createHmac("sha256", this.#key).update(content).digest();
  }
}

/** Who the server says it is, when nobody configured anything else. */
export const ISSUER = "https://kubernetes.default.svc";

function userName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
