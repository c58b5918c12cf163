/** A Kubernetes `Status` object, as far as clients read it. Source: apimachinery `meta/v1` Status. */
export interface Status {
  readonly apiVersion?: "v1";
  readonly kind?: "Status";
  readonly status?: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/**
 * Why a request failed, in one word that stays the same from release to release: the server's own `reason`
 * (`NotFound`, `Conflict`, `Invalid`, …), or one of ours where no server answered.
 */
export type ApiErrorCode =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "MethodNotAllowed"
  | "NotAcceptable"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Expired"
  | "Invalid"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "TooManyRequests"
  | "InternalError"
  | "ServerTimeout"
  | "ServiceUnavailable"
  | "Timeout"
  /** The server answered with a status or reason not listed here. */
  | "Unknown"
  /** No answer: the connection could not be made or broke. */
  | "ConnectionFailed"
  /** No answer within the time allowed. */
  | "DeadlineExceeded"
  /** The answer is not what the Kubernetes API answers. */
  | "MalformedResponse"
  /** The request could not be sent as given: a kind, name or option that cannot work. */
  | "InvalidRequest";

export interface ApiErrorOptions {
  readonly code: ApiErrorCode;
  /** The HTTP status; absent when no server answered. */
  readonly status?: number | undefined;
  /** The server's own `Status`, when it sent one. */
  readonly response?: Status | undefined;
  /** What the server asked for in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A request to a Kubernetes API that failed. The message says what was being done to what, why it failed, and where
 * possible what to do. Compare `code` (or use `isNotFound` and its siblings), not the class: two copies of this package may be loaded.
 */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number | undefined;
  readonly response: Status | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ApiError";
    this.code = options.code;
    this.status = options.status;
    this.response = options.response;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The fields the server refused, when it named them. */
  get causes(): readonly StatusCause[] {
    return this.response?.details?.causes ?? [];
  }
}

/** True for every error of this package's class, from whichever copy of it. */
export function isApiError(error: unknown): error is ApiError {
  return error instanceof Error && error.name === "ApiError" && typeof (error as { code?: unknown }).code === "string";
}

function hasCode(error: unknown, ...codes: ApiErrorCode[]): boolean {
  return isApiError(error) && codes.includes(error.code);
}

/** The object, or the kind, is not there. */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, "NotFound");
}

/** `create` of a name that is taken. */
export function isAlreadyExists(error: unknown): boolean {
  return hasCode(error, "AlreadyExists");
}

/** The object changed since it was read, or another manager owns a field that was applied. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, "Conflict");
}

/** The object breaks its schema or the kind's rules; `causes` names the fields. */
export function isInvalid(error: unknown): boolean {
  return hasCode(error, "Invalid");
}

/** The resource version or continue token is too old: list again. */
export function isExpired(error: unknown): boolean {
  return hasCode(error, "Expired", "Gone");
}

/** The credentials may not do this. */
export function isForbidden(error: unknown): boolean {
  return hasCode(error, "Forbidden");
}

/** The server asks for fewer requests; `retryAfterMs` may say when. */
export function isTooManyRequests(error: unknown): boolean {
  return hasCode(error, "TooManyRequests");
}

const CODES_BY_STATUS: Readonly<Record<number, ApiErrorCode>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

const REASONS: ReadonlySet<string> = new Set<ApiErrorCode>([
  "BadRequest",
  "Unauthorized",
  "Forbidden",
  "NotFound",
  "MethodNotAllowed",
  "NotAcceptable",
  "AlreadyExists",
  "Conflict",
  "Gone",
  "Expired",
  "Invalid",
  "RequestEntityTooLarge",
  "UnsupportedMediaType",
  "TooManyRequests",
  "InternalError",
  "ServerTimeout",
  "ServiceUnavailable",
  "Timeout",
]);

/** The code for a failed answer: the server's reason when it is a known one, else the HTTP status's. */
export function codeOf(status: number, reason?: string): ApiErrorCode {
  if (reason !== undefined && REASONS.has(reason)) return reason as ApiErrorCode;
  return CODES_BY_STATUS[status] ?? "Unknown";
}
