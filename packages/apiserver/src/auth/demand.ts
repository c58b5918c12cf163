import type { ServerContext } from "../server-context.ts";
import { type AccessRequest, accessDenied } from "./authorize.ts";

/** Refuses what somebody has no right to. @throws StatusError 403 */
export function demand({ authorize }: ServerContext, access: AccessRequest): void {
  if (!authorize(access)) throw accessDenied(access);
}
