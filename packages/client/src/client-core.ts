import type { Transport } from "@operatorkit/api";
import { noMetrics, noTracer, silentLogger, systemClock, type Clock } from "@operatorkit/observe";
import { checkOptions, required } from "@operatorkit/observe/options";
import { exponentialBackoff } from "@operatorkit/retry";
import { A_TRANSPORT, CLIENT_RULES, type KubernetesClientOptions } from "./client-options.ts";
import { StaticCredentials } from "./config/credentials.ts";
import { withMiddleware } from "./request/middleware.ts";
import { RequestMetrics } from "./request/request-metrics.ts";
import { RequestSpans } from "./request/request-spans.ts";
import { Requester } from "./request/requester.ts";
import { RestMapper } from "./rest-mapper.ts";
import { connectionLimits, type ConnectionLimits } from "./transport/connection-limits.ts";

/** What a client shares with those made from it by `with`. */
export interface ClientCore {
  readonly transport: Transport;
  readonly requester: Requester;
  /** For what the requester does not carry. */
  readonly spans: RequestSpans;
  readonly mapper: RestMapper;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly namespace: string | undefined;
  readonly keepManagedFields: boolean;
  readonly toKubeConfig: (() => Promise<unknown>) | undefined;
  readonly connectionLimits: Required<ConnectionLimits>;
}

/** The defaults of every option are here. */
export function clientCoreOf(options: KubernetesClientOptions): ClientCore {
  checkOptions("KubernetesClient", options, { ...CLIENT_RULES, transport: required(A_TRANSPORT) });
  const { transport, server = { host: "in-process", description: "the API server" }, clock = systemClock } = options;
  const { requestTimeoutMs = 60_000 } = options;
  const spans = new RequestSpans(options.tracer ?? noTracer, server.host);
  const requester = new Requester({
    transport: withMiddleware(transport, options.middleware ?? []),
    clock,
    credentials: options.credentials ?? new StaticCredentials({ source: "the transport's own" }),
    impersonate: options.impersonate,
    compress: options.compress ?? false,
    server: server.description,
    logger: options.logger ?? silentLogger,
    metrics: new RequestMetrics(options.metrics ?? noMetrics, server.host),
    spans,
    timeoutMs: requestTimeoutMs,
    backoff: options.backoff ?? exponentialBackoff({ baseMs: 100, factor: 2, maxMs: 5_000, jitter: 0.5 }),
    userAgent: options.userAgent ?? "operatorkit",
  });
  const mapper = new RestMapper((path) =>
    requester.json({ action: `discover ${path.replace(/^\/apis?\//, "")}`, verb: "get", method: "GET", path, signals: [] }),
  );
  return {
    transport,
    requester,
    spans,
    mapper,
    clock,
    requestTimeoutMs,
    namespace: options.namespace,
    keepManagedFields: options.keepManagedFields ?? false,
    toKubeConfig: options.toKubeConfig,
    connectionLimits: connectionLimits(options.connectionLimits ?? {}),
  };
}
