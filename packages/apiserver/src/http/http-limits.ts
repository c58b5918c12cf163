import { aNumber, aRecord, checkOptions } from "@operatorkit/observe/options";
import { MAX_BODY_BYTES } from "../handler.ts";

/** What one connection or request may cost. Every bound has a default; none can be turned off. */
export interface HttpLimits {
  /** Bytes of a request body; more is answered 413. @default 3145728, kube-apiserver's `MaxRequestBodyBytes` */
  readonly maxBodyBytes: number;
  /** Bytes of path and query; more is answered 414. @default 32768 */
  readonly maxUrlBytes: number;
  /** Bytes of all headers together, the request line included. @default 65536 */
  readonly maxHeaderBytes: number;
  /** Headers per request. @default 128 */
  readonly maxHeaders: number;
  /** Requests at the same time on one HTTP/2 connection. @default 250, kube-apiserver's `--http2-max-streams-per-connection` */
  readonly maxConcurrentStreams: number;
  /** How long a client may take to send its headers. @default 10000 */
  readonly headersTimeoutMs: number;
  /** How long a client may take to send its body. @default 60000 */
  readonly bodyTimeoutMs: number;
  /** How long an idle HTTP/1.1 connection stays open. @default 90000, kube-apiserver's */
  readonly keepAliveMs: number;
  /** How long a client may read nothing while an answer waits for it; then the connection is cut. @default 30000 */
  readonly stalledMs: number;
}

const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBodyBytes: MAX_BODY_BYTES,
  maxUrlBytes: 32 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxHeaders: 128,
  maxConcurrentStreams: 250,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 60_000,
  keepAliveMs: 90_000,
  stalledMs: 30_000,
};

/** The defaults with some replaced. @throws {TypeError} naming a bound that is not a positive whole number. */
export function httpLimits(limits: Partial<HttpLimits> = {}): HttpLimits {
  checkOptions("HttpListener", { limits }, { limits: aRecord(aNumber({ atLeast: 1, whole: true })) });
  return { ...DEFAULT_HTTP_LIMITS, ...limits };
}
