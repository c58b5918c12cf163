import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { UserInfo } from "../handler.ts";

/** Whom a token is for. */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What a token is bound to beside its service account: it counts while that exists. Of a pod's token, `node` is said for information. */
export interface TokenBinding {
  readonly pod?: BoundObject;
  readonly secret?: BoundObject;
  readonly node?: { readonly name: string; readonly uid?: string };
}

interface BoundObject {
  readonly name: string;
  readonly uid: string;
}

/** What a token names, and must still be there. */
export interface TokenObject {
  readonly resource: "serviceaccounts" | "pods" | "secrets" | "nodes";
  /** `""` for a node. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface IssueOptions {
  readonly account: ServiceAccountRef;
  readonly binding?: TokenBinding;
  readonly audiences: readonly string[];
  readonly nowMs: number;
  readonly seconds: number;
  readonly id: string;
}

interface Claims {
  readonly exp: number;
  readonly "kubernetes.io": TokenBinding & { readonly namespace: string; readonly serviceaccount: BoundObject };
}

/**
 * Issues and checks service account tokens: JWTs signed with a key that lives as long as the server (HS256: nobody else has to
 * verify them). The claims are the real server's.
 */
export class ServiceAccountTokens {
  readonly #key = randomBytes(32);

  issue({ account: { namespace, name, uid }, binding = {}, audiences, nowMs, seconds, id }: IssueOptions): string {
    const now = Math.floor(nowMs / 1000);
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      jti: id,
      "kubernetes.io": { namespace, serviceaccount: { name, uid }, ...binding },
      nbf: now,
      sub: userName(namespace, name),
    };
    const content = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
    return `${content}.${this.#sign(content).toString("base64url")}`;
  }

  /** The user a token stands for; `undefined` unless this server issued it and it still counts. */
  verify(token: string, nowMs: number, isAlive: (object: TokenObject) => boolean): UserInfo | undefined {
    const [header = "", body = "", signature = "", ...rest] = token.split(".");
    const given = Buffer.from(signature, "base64url");
    const expected = this.#sign(`${header}.${body}`);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    // The signature says that this is what `issue` wrote.
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
    if (claims.exp * 1000 <= nowMs || !objectsOf(claims).every(isAlive)) return undefined;
    const { namespace, serviceaccount: ref } = claims["kubernetes.io"];
    const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
    return { name: userName(namespace, ref.name), uid: ref.uid, groups };
  }

  #sign(content: string): Buffer {
    return createHmac("sha256", this.#key).update(content).digest();
  }
}

function objectsOf(claims: Claims): readonly TokenObject[] {
  const { namespace, serviceaccount, pod, secret, node } = claims["kubernetes.io"];
  return [
    { resource: "serviceaccounts", namespace, ...serviceaccount },
    ...(pod === undefined ? [] : [{ resource: "pods", namespace, ...pod } as const]),
    ...(secret === undefined ? [] : [{ resource: "secrets", namespace, ...secret } as const]),
    ...(pod !== undefined || node?.uid === undefined
      ? []
      : [{ resource: "nodes", namespace: "", name: node.name, uid: node.uid } as const]),
  ];
}

/** Who the server says it is, when nobody configured anything else. */
export const ISSUER = "https://kubernetes.default.svc";

function userName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
