import type { TransportResponse } from "@operatorkit/api";
import { decodeContinue, encodeContinue } from "../request/continue-token.ts";
import { errorResponse, textResponse } from "../response.ts";
import { StatusError, expired } from "../status-error.ts";
import type { FaultAction } from "./fault-rule.ts";
import type { RequestFacts } from "./request-facts.ts";

/** The answer a fault gives in place of the server's own; `undefined` when the server answers. */
export function insteadOfAnswer(action: FaultAction, facts: RequestFacts): TransportResponse | undefined {
  switch (action.type) {
    case "status": {
      const { code, retryAfterSeconds } = action;
      const reason = action.reason ?? REASONS[code];
      return errorResponse(
        new StatusError({
          code,
          message: action.message ?? `${reason ?? "failure"} by a fault rule`,
          ...(reason !== undefined && { reason }),
          ...(retryAfterSeconds !== undefined && { retryAfterSeconds, details: { retryAfterSeconds } }),
        }),
      );
    }
    case "answer":
      return textResponse(action.code ?? 200, action.body, action.contentType ?? "application/json");
    case "expire":
      return expiredAnswer(action, facts);
    case "watchList":
      if (action.as !== "refused") return undefined;
      return errorResponse(
        new StatusError({
          code: action.code ?? 422,
          reason: REASONS[action.code ?? 422] ?? "Invalid",
          message:
            'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
        }),
      );
    default:
      return undefined;
  }
}

/** The path as a server that does not know `sendInitialEvents` would read it. */
export function withoutInitialEvents(path: string): string {
  const [base = "", query = ""] = path.split("?", 2);
  const parameters = new URLSearchParams(query);
  parameters.delete("sendInitialEvents");
  parameters.delete("resourceVersionMatch");
  return `${base}?${parameters.toString()}`;
}

function expiredAnswer(
  { as, reason = "Expired", continueToken }: FaultAction & { type: "expire" },
  facts: RequestFacts,
): TransportResponse {
  const token = facts.query.get("continue") ?? "";
  const version = facts.query.get("resourceVersion") ?? "";
  const message = facts.continued
    ? "The provided continue parameter is too old to display a consistent list result."
    : `too old resource version: ${version} (now)`;
  const withToken =
    facts.continued && continueToken === true ? encodeContinue({ version: -1, after: decodeContinue(token).after }) : undefined;
  const error =
    reason === "Expired" ? expired(message, withToken) : new StatusError({ code: 410, reason, message, ...tokenMetadata(withToken) });
  if (facts.verb !== "watch" || as === "status") return errorResponse(error);
  const body = as === "end" ? "" : `${JSON.stringify({ type: "ERROR", object: error.toStatus() })}\n`;
  const { "content-length": _length, ...headers } = textResponse(200, "", "application/json").headers;
  return { status: 200, headers, body: textResponse(200, body, "application/json").body };
}

function tokenMetadata(token: string | undefined): { readonly metadata?: { readonly continue: string } } {
  return token === undefined ? {} : { metadata: { continue: token } };
}

const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};
