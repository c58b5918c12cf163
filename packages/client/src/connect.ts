import { systemClock } from "@operatorkit/observe";
import { aString, checkOptions } from "@operatorkit/observe/options";
import { ConfigError } from "./config/config-error.ts";
import { findCluster, type ClusterOptions } from "./config/find-cluster.ts";
import { checkedImpersonation } from "./config/impersonation.ts";
import { hostEnvironment } from "./config/host-environment.ts";
import { CLIENT_RULES, type KubernetesClientOptions } from "./client-options.ts";
import { RotatingCertificate } from "./config/rotating-certificate.ts";
import { KubernetesClient } from "./kubernetes-client.ts";
import { connectionLimits, LIMIT_RULES, type ConnectionLimits } from "./transport/connection-limits.ts";
import { isLoopback, proxyFor } from "./transport/proxy-for.ts";
import { SocketTransport } from "./transport/socket-transport.ts";

/** Which cluster, and how to speak to it. */
export interface ConnectOptions
  extends
    ClusterOptions,
    ConnectionLimits,
    Partial<Omit<KubernetesClientOptions, "server" | "credentials" | "namespace" | "toKubeConfig" | "connectionLimits">> {}

/** What is not for a transport of the caller's. */
const OF_CONNECTIONS = [
  ...(["server", "kubeconfig", "context", "inCluster", "token", "proxyUrl"] as const),
  ...(["connectTimeoutMs", "pingIntervalMs", "pingTimeoutMs"] as const),
];

/**
 * A client of the cluster that the options name: `server`, `kubeconfig` (with `context`), `inCluster` or `transport`. With
 * none of them, the cluster is found as kubectl finds it: `KUBECONFIG`, then `~/.kube/config`, then the pod's own.
 *
 * Files are read now, the connection is made at the first request. Rejects with a `ConfigError` that says what is wrong
 * where, and what to do, or with a TypeError for an option that nothing can be made of; a server that cannot be reached, or does not let in, shows as an `ApiError` of the first request.
 */
export async function connect(options: ConnectOptions = {}): Promise<KubernetesClient> {
  checkOptions("connect", options, {
    ...CLIENT_RULES,
    ...LIMIT_RULES,
    server: aString,
    context: aString,
    tlsServerName: aString,
    proxyUrl: aString,
  });
  const { transport } = options;
  if (transport !== undefined) {
    const stray = OF_CONNECTIONS.find((name) => options[name] !== undefined);
    if (stray !== undefined) {
      throw new ConfigError(`connect: transport and ${stray} both say how to reach the cluster; give one of them`, {
        code: "InvalidOptions",
      });
    }
    const { impersonate } = options;
    if (impersonate !== undefined) checkedImpersonation(impersonate, "connect: impersonate");
    return new KubernetesClient({ ...clientOptions(options), transport, ...(impersonate === undefined ? {} : { impersonate }) });
  }
  const limits = connectionLimits(options);
  const host = hostEnvironment();
  const clock = options.clock ?? systemClock;
  const cluster = await findCluster(options, host, clock);
  const { server, tls, credentials, source, impersonate } = cluster;
  const proxyUrl = cluster.proxyUrl ?? proxyFor(server, host.env);
  const identity = new RotatingCertificate({ credentials, tls, onRotated: () => transportTo.retire() });
  const transportTo = new SocketTransport({ server, tls: () => identity.tls(), proxyUrl, clock, ...limits });
  return new KubernetesClient({
    // The figures are in bench/README.md: on a fast line unpacking takes longer than the bytes that are saved.
    compress: !cluster.isOwnCluster && !isLoopback(server),
    ...clientOptions(options),
    transport: transportTo,
    credentials: identity,
    connectionLimits: limits,
    ...(impersonate === undefined ? {} : { impersonate }),
    toKubeConfig: async () =>
      await (await import("./config/kube-config.ts")).kubeConfigOf(proxyUrl === undefined ? cluster : { ...cluster, proxyUrl }),
    server: { host: server.host, description: `the API server at ${server.href.replace(/\/$/, "")} (from ${source})` },
    namespace: cluster.namespace,
  });
}

function clientOptions(options: ConnectOptions): Omit<KubernetesClientOptions, "transport" | "server"> {
  const { signal, fieldManager, logger, metrics, tracer, clock, middleware, requestTimeoutMs, backoff, userAgent } = options;
  const { keepManagedFields, compress } = options;
  const wire = { clock, middleware, requestTimeoutMs, backoff, userAgent, compress };
  const given = { signal, fieldManager, logger, metrics, tracer, keepManagedFields, ...wire };
  // Left out rather than undefined: a default is a default.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
