import type { Endpoint } from "./handler.ts";
import { jsonResponse, textResponse } from "./response.ts";

/** The Kubernetes version whose behaviour this server follows. */
export const VERSION = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.3+operatorkit",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: "",
} as const;

/** Health and version. */
export const statusEndpoint: Endpoint = ({ path, request }) => {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  if (path === "/version" || path === "/version/") return jsonResponse(200, VERSION);
  if (/^\/(healthz|livez|readyz)(\/ping)?$/.test(path)) return textResponse(200, "ok", "text/plain; charset=utf-8");
  return undefined;
};
