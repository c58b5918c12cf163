/** One way for a request to go wrong. */
export type Fault =
  | { readonly type: "status"; readonly status: number; readonly reason?: string; readonly retryAfterMs?: number }
  /** The connection breaks before an answer. */
  | { readonly type: "break" }
  /** No answer, ever. `ignoresSignal`: not even when it is aborted. */
  | { readonly type: "hang"; readonly ignoresSignal?: boolean }
  /** The answer is late, and then good. */
  | { readonly type: "slow"; readonly ms: number }
  /** Status 200 and a page of HTML. */
  | { readonly type: "html" }
  /** A list: empty, and at version 1. */
  | { readonly type: "older" }
  /** A watch: accepted, and then nothing. */
  | { readonly type: "silent" }
  /** A watch: accepted, and ended at once. */
  | { readonly type: "ended" }
  /** A watch: one event, and the connection breaks. */
  | { readonly type: "cut" }
  /** Not an `ApiError` at all. */
  | { readonly type: "throw"; readonly error: unknown };

/** The server answers this. */
export function status(code: number, retryAfterMs?: number): Fault {
  return { type: "status", status: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
