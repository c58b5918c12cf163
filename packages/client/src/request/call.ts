import type { Kind } from "@operatorkit/object";

/** The verb that RBAC and the request metrics know a request by. */
export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** What a request is about, for error messages. */
export interface Subject {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly subresource?: string | undefined;
}

/** A value to send as JSON, or bytes to send as they are. */
export interface CallBody {
  readonly contentType: string;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
}

/** One request, before it is known how it is carried. */
export interface Call {
  /** What is being done to what: `create Deployment default/web`. */
  readonly action: string;
  readonly verb: Verb;
  readonly subject?: Subject | undefined;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly accept?: string;
  readonly body?: CallBody | undefined;
  readonly signals: readonly (AbortSignal | undefined)[];
  /** Send it again where that is safe. @default true */
  readonly mayRetry?: boolean;
  /** How long it may take as a whole. @default the client's `requestTimeoutMs`; Infinity for who watches over it otherwise */
  readonly timeoutMs?: number;
  /** Told of the answer's head and of each piece of its body. */
  readonly onProgress?: (() => void) | undefined;
}
