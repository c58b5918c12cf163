import type { Verb } from "../resource-descriptor.ts";

/** Which of the things that match are hit. The same rule on the same sequence always hits the same ones. */
export interface Turns {
  /** The first one hit, counted from 1. With `nth` and no `times`, only that one. @default 1 */
  readonly nth?: number;
  /** How many are hit at most. @default all, or 1 with `nth` */
  readonly times?: number;
  /** From 0 to 1: by a generator of the rule's own. @default 1 */
  readonly probability?: number;
  /** What the generator begins with. @default 1 */
  readonly seed?: number;
}

/** Events of a watch. Bookmarks and errors are left alone unless `type` names them. */
export interface EventMatch extends Turns {
  readonly type?: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly namespace?: string;
  readonly name?: string;
}

/** Requests. What is left out matches everything; all that is given must match. */
export interface FaultMatch extends Turns {
  readonly verb?: Verb | readonly Verb[];
  /** `ConfigMap`; only while the server serves such a kind. */
  readonly kind?: string;
  /** `""` is the core group. */
  readonly group?: string;
  /** `configmaps`, also where no such kind is served. */
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly method?: string;
  /** How the path begins, without the query: `/openapi`. */
  readonly path?: string;
  /** Part of the `User-Agent`: tells the client under test from the test's own. */
  readonly userAgent?: string;
  /** Whether a watch asks for `sendInitialEvents=true` (WatchList). */
  readonly initialEvents?: boolean;
  /** Whether a list asks for a page after the first. */
  readonly continued?: boolean;
  /** For faults of events: which ones. For `reset`, `silence` and `end` of a watch: the event at which they happen. */
  readonly event?: EventMatch;
}

/** What goes wrong. Times are in milliseconds of the server's clock. */
export type FaultAction =
  /** The request waits before it is handled. `jitterMs`: up to that much more. */
  | { readonly type: "latency"; readonly ms: number; readonly jitterMs?: number }
  /** No answer: for ever, or for `forMs`, after which the request is handled. */
  | { readonly type: "hang"; readonly forMs?: number }
  /** A failure, instead of handling the request. */
  | {
      readonly type: "status";
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Any answer: an HTML page with status 200, `{}`. */
  | { readonly type: "answer"; readonly code?: number; readonly contentType?: string; readonly body: string }
  /**
   * The version is forgotten: 410 as an HTTP status, as an ERROR event, or as a stream that merely ends (watches; lists are always a status).
   * `continueToken`: the 410 of a page carries a token to go on with, inconsistently.
   */
  | {
      readonly type: "expire";
      readonly as?: "status" | "event" | "end";
      readonly reason?: "Expired" | "Gone";
      readonly continueToken?: boolean;
    }
  /**
   * Only requests with `sendInitialEvents=true`: `refused` (`code`, 422 when left out); `ignored`, as by a server that does not know the parameter;
   * `cut` after `afterEvents` initial events; `unending`: the closing bookmark never comes.
   */
  | {
      readonly type: "watchList";
      readonly as: "refused" | "ignored" | "cut" | "unending";
      readonly code?: number;
      readonly afterEvents?: number;
    }
  /**
   * The connection breaks. `before-headers` (nothing was done), `after-commit` (it was done, the answer is lost), `mid-page` (after `afterBytes`,
   * half of the body when left out), `mid-event` (in the middle of the event after `afterEvents`), `after-events` (between two).
   * `scope`: `request` resets the stream on HTTP/2, `connection` takes all requests on it along.
   */
  | {
      readonly type: "reset";
      readonly at?: "before-headers" | "after-commit" | "mid-page" | "mid-event" | "after-events";
      readonly afterEvents?: number;
      readonly afterBytes?: number;
      readonly scope?: "request" | "connection";
    }
  /** Half-open: headers and the first `afterEvents` (a page: `afterBytes`), then nothing more, and no end either; or only for `forMs`. */
  | { readonly type: "silence"; readonly afterEvents?: number; readonly afterBytes?: number; readonly forMs?: number }
  /** A watch that ends in good order after `afterEvents`. */
  | { readonly type: "end"; readonly afterEvents?: number }
  /** An event is never sent. */
  | { readonly type: "drop" }
  /** An event, and all behind it, come later. */
  | { readonly type: "delay"; readonly ms: number }
  /** An event comes again, `copies` times. */
  | { readonly type: "duplicate"; readonly copies?: number }
  /** After an event comes an older state of its object, `back` changes before it, as MODIFIED: what a server that lags would replay. */
  | { readonly type: "stale"; readonly back?: number }
  /** An event, or a page, that is no JSON: bytes in the middle broken, cut off, or an HTML page in its place. */
  | { readonly type: "corrupt"; readonly how?: "garbage" | "truncated" | "html" }
  /** The body comes in pieces of `bytes`, wherever they split it, one every `everyMs`. */
  | { readonly type: "drip"; readonly bytes?: number; readonly everyMs: number };

/** A fault as plain data. */
export interface FaultRuleOptions {
  /** @default every request */
  readonly when?: FaultMatch;
  readonly do: FaultAction;
}

/** A fault that was added. */
export interface FaultRule {
  /** How often it has acted: requests, or events for the faults of events. */
  readonly hits: number;
  /** It hits nothing more. What it already holds stays held: by `forMs`, its client, or the server's end. */
  remove(): void;
}
