import type { FieldProblem } from "./field-problem.ts";
import type { JsonObject } from "./json-object.ts";

/** What a failed request is about, as it appears in messages and `details`. */
export interface Subject {
  readonly group: string;
  /** The plural in most errors, the kind in `Invalid` ones. */
  readonly resource: string;
}

export interface StatusErrorOptions {
  readonly code: number;
  readonly message: string;
  /** Left out where the real server sends none. */
  readonly reason?: string;
  readonly details?: JsonObject;
  readonly retryAfterSeconds?: number;
  /** The Status' own list metadata: the continue token of an expired list. */
  readonly metadata?: JsonObject;
  readonly cause?: unknown;
}

/** A failure that is answered as a Kubernetes `Status`. Source: apimachinery `api/errors/errors.go`. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly #details: JsonObject | undefined;
  readonly #metadata: JsonObject;

  constructor({ code, message, reason, details, retryAfterSeconds, metadata = {}, cause }: StatusErrorOptions) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "StatusError";
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
    this.#details = details;
    this.#metadata = metadata;
  }

  toStatus(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.#metadata,
      status: "Failure",
      message: this.message,
      ...(this.reason !== undefined && { reason: this.reason }),
      ...(this.#details !== undefined && { details: this.#details }),
      code: this.code,
    };
  }
}

/** `widgets.example.com`, or `configmaps` in the core group. */
export function qualified({ group, resource }: Subject): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function detailsOf({ group, resource }: Subject, name: string, more: JsonObject = {}): JsonObject {
  return { ...(name !== "" && { name }), ...(group !== "" && { group }), ...(resource !== "" && { kind: resource }), ...more };
}

export function notFound(subject: Subject, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: "NotFound",
    message: `${qualified(subject)} "${name}" not found`,
    details: detailsOf(subject, name),
  });
}

/** The path leads nowhere inside a group the server has. */
export function noSuchResource(): StatusError {
  return new StatusError({ code: 404, reason: "NotFound", message: "the server could not find the requested resource", details: {} });
}

export function methodNotAllowed(): StatusError {
  return new StatusError({
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: {},
  });
}

export function alreadyExists(subject: Subject, name: string, prefix = ""): StatusError {
  return new StatusError({
    code: 409,
    reason: "AlreadyExists",
    message: `${prefix}${qualified(subject)} "${name}" already exists`,
    details: detailsOf(subject, name),
  });
}

/** A name that was generated is taken: the next one may be free. */
export function generatedNameTaken(subject: Subject, name: string, prefix = ""): StatusError {
  return new StatusError({
    code: 409,
    reason: "AlreadyExists",
    message: `${prefix}${qualified(subject)} "${name}" already exists, the server was not able to generate a unique name for the object`,
    details: detailsOf(subject, name, { retryAfterSeconds: 1 }),
    retryAfterSeconds: 1,
  });
}

export function conflict(subject: Subject, name: string, why: string): StatusError {
  return new StatusError({
    code: 409,
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`,
    details: detailsOf(subject, name),
  });
}

export const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: "BadRequest", message });
}

/** A 500 without a reason, which the real server gives where its code returned a plain Go error. */
export function plainError(message: string): StatusError {
  return new StatusError({ code: 500, message });
}

export function forbiddenError(subject: Subject, name: string, why: string, causes: readonly JsonObject[] = []): StatusError {
  return new StatusError({
    code: 403,
    reason: "Forbidden",
    message: name === "" ? `${qualified(subject)} is forbidden: ${why}` : `${qualified(subject)} "${name}" is forbidden: ${why}`,
    details: detailsOf(subject, name, causes.length === 0 ? {} : { causes }),
  });
}

/** 422. `subject.resource` is the kind here. */
export function invalidError(subject: Subject, name: string, problems: readonly FieldProblem[]): StatusError {
  const sentences = [...new Set(problems.map(({ field, message }) => `${field}: ${message}`))];
  const why = sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`;
  const causes = problems.map(({ reason, message, field }) => ({ reason, message, field }));
  const details =
    subject.resource === "" && subject.group === "" ? { causes } : detailsOf(subject, name, causes.length === 0 ? {} : { causes });
  return new StatusError({
    code: 422,
    reason: "Invalid",
    message: `${qualified(subject)} "${name}" is invalid: ${why}`,
    details,
  });
}

export function expired(message: string, continueToken?: string): StatusError {
  return new StatusError({
    code: 410,
    reason: "Expired",
    message,
    ...(continueToken !== undefined && { metadata: { continue: continueToken } }),
  });
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return new StatusError({
    code: 415,
    reason: "UnsupportedMediaType",
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  });
}

export function tooLargeVersion(requested: string, current: number): StatusError {
  return new StatusError({
    code: 504,
    reason: "Timeout",
    message: `Timeout: Too large resource version: ${requested}, current: ${current}`,
    details: { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }], retryAfterSeconds: 1 },
    retryAfterSeconds: 1,
  });
}

export function bodyTooLarge(maxBytes: number): StatusError {
  return new StatusError({
    code: 413,
    reason: "RequestEntityTooLarge",
    message: `Request entity too large: limit is ${maxBytes}`,
  });
}
