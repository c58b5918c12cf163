import { ApiError } from "@operatorkit/api";
import type { Call, CallBody, Verb } from "./call.ts";
import { withQuery, type Query } from "./resource-path.ts";

/** A request as you write it, for what no verb of the client covers. */
export interface RawRequest {
  /** @default "GET" */
  readonly method?: Call["method"];
  /** From the root, percent-encoded: `/apis/metrics.k8s.io/v1beta1/nodes`. */
  readonly path: string;
  /** Added to the path's own query. */
  readonly query?: Query;
  /** Sent as JSON; bytes and text are sent as they are, and need a `contentType`. */
  readonly body?: unknown;
  /** @default "application/json" */
  readonly contentType?: string;
  /** @default "application/json"; for bytes and streams anything at all */
  readonly accept?: string;
  /** What is given back: the parsed answer, its bytes, or its bytes as they come. @default "json" */
  readonly as?: "json" | "bytes" | "stream";
  /** @default the client's `requestTimeoutMs`; of a stream until its first byte could come */
  readonly timeoutMs?: number;
  /** Send it again where that is safe. @default true */
  readonly mayRetry?: boolean;
  readonly signal?: AbortSignal;
}

const VERBS: Readonly<Record<Call["method"], Verb>> = { GET: "get", POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };

/** The call a raw request comes down to. */
export function callOf(request: RawRequest, defaultSignal: AbortSignal | undefined): Call {
  const { method = "GET", path, query = {}, as = "json", signal, timeoutMs, mayRetry } = request;
  const action = `${method} ${path}`;
  if (!path.startsWith("/")) throw new ApiError(`${action}: the path must start with "/"`, { code: "InvalidRequest" });
  const added = withQuery("", query).slice(1);
  const body = bodyOf(request, action);
  return {
    action,
    verb: VERBS[method],
    method,
    path: added === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${added}`,
    accept: request.accept ?? (as === "json" ? "application/json" : "*/*"),
    signals: [signal, defaultSignal],
    ...(body === undefined ? {} : { body }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(mayRetry === undefined ? {} : { mayRetry }),
  };
}

function bodyOf({ body, contentType }: RawRequest, action: string): CallBody | undefined {
  if (body === undefined) return undefined;
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return { contentType: contentType ?? "application/json", json: body };
  if (contentType === undefined)
    throw new ApiError(`${action}: say by contentType what the bytes of the body are`, { code: "InvalidRequest" });
  return { contentType, bytes: typeof body === "string" ? Buffer.from(body) : body };
}
