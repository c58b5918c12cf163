import { ApiError, type RequestOptions } from "@operatorkit/api";
import { AGGREGATED_DISCOVERY, decodeDiscovery, type ApiGroup } from "../discovery/api-resource.ts";
import type { Call } from "../request/call.ts";
import type { Caller } from "./caller.ts";

/** What `/version` answers. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly platform?: string;
}

export async function serverVersion(caller: Caller, { signal }: RequestOptions): Promise<ServerVersion> {
  const call = describing(caller, "get the server's version", "/version", signal);
  const version = (await caller.core.requester.json(call)) as Partial<ServerVersion> | null;
  if (typeof version?.gitVersion !== "string") {
    throw new ApiError(`${call.action}: the answer has no gitVersion; is the server's address right?`, { code: "MalformedResponse" });
  }
  return version as ServerVersion;
}

export async function discoverGroups(caller: Caller, { signal }: RequestOptions): Promise<ApiGroup[]> {
  const action = "discover all APIs";
  const accept = `${AGGREGATED_DISCOVERY},application/json`;
  const groups = await Promise.all(
    ["/api", "/apis"].map(async (path) =>
      decodeDiscovery(await caller.core.requester.json({ ...describing(caller, action, path, signal), accept }), action),
    ),
  );
  return groups.flat();
}

function describing(caller: Caller, action: string, path: string, signal: AbortSignal | undefined): Call {
  return { action, verb: "get", method: "GET", path, signals: [signal, caller.defaults.signal] };
}
