import type { ClientDefaults, Transport } from "@operatorkit/api";
import type { Clock, Logger, Metrics, Tracer } from "@operatorkit/observe";
import { aBoolean, aFunction, aList, aNumber, aString, having, type OptionRules, type Rule } from "@operatorkit/observe/options";
import type { Backoff } from "@operatorkit/retry";
import type { Credentials } from "./config/credentials.ts";
import type { Impersonation } from "./config/impersonation.ts";
import type { Middleware } from "./request/middleware.ts";
import type { ConnectionLimits } from "./transport/connection-limits.ts";

export interface KubernetesClientOptions extends ClientDefaults {
  /** What carries the requests: `ApiServer.transport()` in process, or your own. Closed with the client. */
  readonly transport: Transport;
  /** @default none: the transport says who is asking */
  readonly credentials?: Credentials;
  /** Make every request as somebody else. The transport must send `repeatedHeaders`. */
  readonly impersonate?: Impersonation;
  /** Sees and may change every request and answer, retries one by one; the first is the outermost. @default none */
  readonly middleware?: readonly Middleware[];
  /** @internal how `toKubeConfig` is answered; `connect` knows. */
  readonly toKubeConfig?: () => Promise<unknown>;
  /** @internal for connections that are not the transport's: those to pods; `connect` knows. */
  readonly connectionLimits?: ConnectionLimits;
  /** The server, for error messages and the metrics' `host` label. */
  readonly server?: { readonly host: string; readonly description: string };
  /** The namespace that the context, or the pod, is in. */
  readonly namespace?: string | undefined;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Gets a span for each request; requests carry what its `inject` adds, such as `traceparent`. That of a stream ends when it is accepted. @default none */
  readonly tracer?: Tracer;
  readonly clock?: Clock;
  /** How long a call may take as a whole, its retries included; a watch until it is accepted. @default 60000 */
  readonly requestTimeoutMs?: number;
  /** Waits between retries. @default 100 ms doubling to 5 s, half as much again at random */
  readonly backoff?: Backoff;
  /** Its first word is the field manager of writes that name none. @default "operatorkit" */
  readonly userAgent?: string;
  /**
   * Ask for large lists to be sent packed (gzip): a fifth of the bytes, for twice the CPU of reading them. Worth it on a line of less
   * than about 600 Mbit/s (bench/README.md). Watches are never packed.
   * @default for `connect`: true for a server that is neither on this machine nor in the cluster of this pod; false for a transport
   */
  readonly compress?: boolean;
  /** Keep `metadata.managedFields` in what `listWatch` gives. @default false */
  readonly keepManagedFields?: boolean;
}

export const A_TRANSPORT: Rule = having("a Transport", ["request", "close"], "connect() makes one, and so does ApiServer.transport()");

/** What a client is given, by whomever it is made. */
export const CLIENT_RULES: OptionRules<KubernetesClientOptions> = {
  transport: A_TRANSPORT,
  credentials: having("Credentials", ["headers", "refresh"]),
  middleware: aList(aFunction),
  requestTimeoutMs: aNumber({ above: 0 }),
  backoff: aFunction,
  fieldManager: aString,
  userAgent: aString,
  compress: aBoolean,
  keepManagedFields: aBoolean,
};
