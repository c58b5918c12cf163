import { ApiError, codeOf, type Status } from "@operatorkit/api";
import type { Call } from "./call.ts";
import { excerptOf } from "./excerpt.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface FailedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ErrorContext {
  readonly call: Pick<Call, "action" | "verb" | "subject">;
  /** The server, and where its address came from. */
  readonly server: string;
  /** Where the credentials came from. */
  readonly credentials: string;
  readonly nowMs: number;
}

/** The error for an answer with a status of 400 and more. */
export function decodeError(answer: FailedAnswer, { call, server, credentials, nowMs }: ErrorContext): ApiError {
  const status = statusOf(answer.body);
  if (status === undefined) return withoutStatus(answer, { call, server, credentials, nowMs });
  const code = codeOf(answer.status, status.reason);
  const words = status.message ?? status.reason ?? `HTTP status ${answer.status}`;
  const advice = adviceFor(code, words, call, credentials);
  return new ApiError(`${call.action}: ${words}${advice}`, {
    code,
    status: answer.status,
    response: status,
    retryAfterMs: retryAfterMs(answer.headers["retry-after"], nowMs) ?? secondsToMs(status.details?.retryAfterSeconds),
  });
}

/** The error for a `Status` inside a watch. */
export function errorFromStatus(action: string, status: Status): ApiError {
  const httpStatus = status.code ?? 500;
  return new ApiError(`${action}: ${status.message ?? status.reason ?? `HTTP status ${httpStatus}`}`, {
    code: codeOf(httpStatus, status.reason),
    status: httpStatus,
    response: status,
    retryAfterMs: secondsToMs(status.details?.retryAfterSeconds),
  });
}

/** An answer that no Kubernetes API server gave, or that one gave in plain text. */
function withoutStatus({ status, headers, body }: FailedAnswer, { call, server, credentials, nowMs }: ErrorContext): ApiError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8").trim();
  const make = (message: string, code: ApiError["code"]): ApiError =>
    new ApiError(`${call.action}: ${message}`, { code, status, retryAfterMs: retryAfterMs(headers["retry-after"], nowMs) });
  // What kube-apiserver's mux says of a path that it does not serve. A 404 in any other form may come from something that
  // is no API server, and must not look as if an object were gone.
  if (status === 404 && text === "404 page not found") {
    const what = call.subject === undefined ? "this path" : `${call.subject.kind.plural} of ${call.subject.kind.apiVersion}`;
    const hint =
      call.subject === undefined
        ? "; is the server's address right?"
        : "; is its CustomResourceDefinition installed, and is this version served?";
    return make(`the server does not serve ${what}${hint}`, "NotFound");
  }
  if (text.includes("HTTP request to an HTTPS server"))
    return make(`${server} wants TLS: its address must start with https://`, "MalformedResponse");
  if (status === 401) return make(`not let in${unauthorizedAdvice(credentials)}`, "Unauthorized");
  if (status === 429 || status >= 500) return make(`HTTP status ${status}: ${excerptOf(text)}`, codeOf(status));
  return make(
    `${server} answered HTTP status ${status} with something that is not Kubernetes (${excerptOf(text)}); is the server's address right?`,
    "MalformedResponse",
  );
}

function statusOf(body: Uint8Array): Status | undefined {
  try {
    const value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8")) as unknown;
    if (value === null || typeof value !== "object" || (value as { kind?: unknown }).kind !== "Status") return undefined;
    // Its fields are read one by one and only shown; the kind says what they are.
    return value;
  } catch {
    return undefined;
  }
}

function adviceFor(code: ApiError["code"], words: string, call: ErrorContext["call"], credentials: string): string {
  if (code === "Unauthorized") return unauthorizedAdvice(credentials);
  if (code === "Forbidden") return rbacAdvice(words);
  // All that kube-apiserver says of a JSON patch that does not apply.
  if (code === "Invalid" && call.verb === "patch" && words === "the server rejected our request due to an error in our request")
    return "; an operation of the patch failed: a test that does not hold, or a path that is not there";
  return "";
}

function unauthorizedAdvice(credentials: string): string {
  return `; the credentials were not accepted (${credentials}): they may have expired, or be for another cluster`;
}

/** What an authorizer's refusal says. Source: apiserver `endpoints/handlers/responsewriters.ForbiddenStatusError`. */
const REFUSED_RESOURCE = / cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)"| at the cluster scope)?/;
const REFUSED_PATH = / cannot (\S+) path "([^"]+)"/;

/**
 * The rule that was missing, as YAML to paste. From the server's words, because the refused verb may be another than the
 * request's: `create` for an apply that makes the object, `impersonate`. Only for a refusal by the authorizer: quotas, admission
 * and terminating namespaces answer 403 too, and no rule helps there.
 */
function rbacAdvice(words: string): string {
  const [, verb, resource, group, namespace] = REFUSED_RESOURCE.exec(words) ?? [];
  if (verb !== undefined) {
    const place = namespace === undefined ? "a ClusterRole" : `a Role in namespace ${namespace}`;
    return advice(place, `{ apiGroups: [${quoted(group)}], resources: [${quoted(resource)}], verbs: [${quoted(verb)}] }`);
  }
  const [, pathVerb, path] = REFUSED_PATH.exec(words) ?? [];
  return pathVerb === undefined ? "" : advice("a ClusterRole", `{ nonResourceURLs: [${quoted(path)}], verbs: [${quoted(pathVerb)}] }`);
}

function advice(place: string, rule: string): string {
  return `; to allow it, bind ${place} with the rule ${rule} to that user`;
}

function quoted(text: string | undefined): string {
  return JSON.stringify(text ?? "");
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}
