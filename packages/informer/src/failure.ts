import { isApiError } from "@operatorkit/api";

/**
 * Why a list or a watch did not do what was asked, as far as it matters for what to try next.
 *
 * - `expired`: the version or the continue token is too old (HTTP 410, as a status or inside the stream)
 * - `rejected`: the server does not take this request as it is (400, 405, 406, 415, 422): asking the same again is pointless
 * - `busy`: too many requests (429)
 * - `refused`: any other answer that is no success (401, 403, 404, 5xx, …)
 * - `broken`: no answer, or the connection broke
 * - `ended`: the server, or something between, ended a watch in good order long before its time
 * - `silent`: nothing came within the time allowed
 * - `malformed`: an answer that is not what the Kubernetes API answers
 */
export type FailureKind = "expired" | "rejected" | "busy" | "refused" | "broken" | "ended" | "silent" | "malformed";

export interface Failure {
  readonly kind: FailureKind;
  /** What the server asked for in `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
  readonly error: unknown;
}

/** Sorts what a `ListWatch` threw. What is no `ApiError` counts as a broken connection: trying again is all that can help. */
export function failureOf(error: unknown): Failure {
  if (!isApiError(error)) return { kind: "broken", error };
  return { kind: kindOf(error.code), retryAfterMs: error.retryAfterMs, error };
}

function kindOf(code: string): FailureKind {
  switch (code) {
    case "Expired":
    case "Gone":
      return "expired";
    case "BadRequest":
    case "MethodNotAllowed":
    case "NotAcceptable":
    case "UnsupportedMediaType":
    case "Invalid":
    case "InvalidRequest":
      return "rejected";
    case "TooManyRequests":
      return "busy";
    case "ConnectionFailed":
      return "broken";
    case "DeadlineExceeded":
      return "silent";
    case "MalformedResponse":
      return "malformed";
    default:
      return "refused";
  }
}
