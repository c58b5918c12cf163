import type { ServerRelease } from "./emulation/server-release.ts";
import type { Endpoint } from "./handler.ts";
import { jsonResponse, textResponse } from "./response.ts";

/** Health and version. */
export function statusEndpoint({ version }: ServerRelease): Endpoint {
  return ({ path, request }) => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    if (path === "/version" || path === "/version/") return jsonResponse(200, version);
    if (/^\/(healthz|livez|readyz)(\/ping)?$/.test(path)) return textResponse(200, "ok", "text/plain; charset=utf-8");
    return undefined;
  };
}
