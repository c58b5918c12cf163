import { goJsonError } from "./go-json-error.ts";
import { badRequest } from "../status-error.ts";

/** Where the next page of a list starts. */
export interface ContinueToken {
  /** The version the list is pinned to; -1 goes on with the present (the token of an expired list). */
  readonly version: number;
  /** The last key of the page before. */
  readonly after: string;
}

/** The same shape as the real server's token (`v`, `rv`, `start`), so that tools that look inside find what they expect. */
export function encodeContinue({ version, after }: ContinueToken): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start: `${after}\u0000` });
  return Buffer.from(json).toString("base64url");
}

/** @throws StatusError 400 */
export function decodeContinue(token: string): ContinueToken {
  let value: unknown;
  const bytes = Buffer.from(token, "base64url");
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw badRequest(`invalid continue token: continue key is not valid: ${goJsonError(bytes.toString("latin1"))}`);
  }
  const { v, rv, start } = (value ?? {}) as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== "meta.k8s.io/v1")
    throw badRequest("invalid continue token: continue key is not valid: server does not recognize this encoded version");
  if (typeof rv !== "number" || typeof start !== "string" || !Number.isSafeInteger(rv) || rv === 0) {
    throw badRequest("invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  }
  return { version: rv, after: start.endsWith("\u0000") ? start.slice(0, -1) : start };
}
