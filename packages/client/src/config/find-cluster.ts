import { access } from "node:fs/promises";
import type { Clock } from "@operatorkit/observe";
import { ConfigError } from "./config-error.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import { StaticCredentials } from "./credentials.ts";
import type { HostEnvironment } from "./host-environment.ts";
import { inClusterConfig, isInCluster } from "./in-cluster.ts";
import { checkedImpersonation, type Impersonation } from "./impersonation.ts";
import { readPem } from "./pem-source.ts";
import { readKubeconfig, type KubeconfigInput } from "./read-kubeconfig.ts";
import { serverUrl } from "./server-url.ts";

/** Which cluster: give one of `server`, `kubeconfig` and `inCluster`, or none to have it found. */
export interface ClusterOptions {
  /** The API server's URL. */
  readonly server?: string;
  /** The CA that signed the server's certificate, as PEM text. @default the CAs that Node trusts */
  readonly caPem?: string;
  readonly token?: string;
  /** As PEM text, with `clientKeyPem`. */
  readonly clientCertificatePem?: string;
  readonly clientKeyPem?: string;
  /** Talk to a server whose certificate nobody vouches for. Anyone on the way can then read and change what is sent. @default false */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to expect in the server's certificate instead of the URL's host. */
  readonly tlsServerName?: string;
  /** An `http://`, `https://` or `socks5://` proxy to the server. @default HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY says otherwise */
  readonly proxyUrl?: string;
  /** A path, the text itself, or a list of them to be merged. */
  readonly kubeconfig?: KubeconfigInput;
  /** @default the kubeconfig's current-context */
  readonly context?: string;
  /** The cluster of the pod this process runs in. */
  readonly inCluster?: boolean;
  /** Make every request as somebody else. @default what the kubeconfig's user says */
  readonly impersonate?: Impersonation;
}

/**
 * Where the cluster is: what the options say; else `KUBECONFIG` (several files merged); else `~/.kube/config`; else the
 * pod's own cluster. Files are read here once, so that what is missing or broken is told at once.
 */
export async function findCluster(options: ClusterOptions, host: HostEnvironment, clock: Clock): Promise<ClusterConfig> {
  refuseContradictions(options);
  const { impersonate, proxyUrl } = options;
  if (impersonate !== undefined) checkedImpersonation(impersonate, "connect: impersonate");
  const config = await choose(options, host, clock);
  await config.tls();
  return { ...config, ...(proxyUrl === undefined ? {} : { proxyUrl }), ...(impersonate === undefined ? {} : { impersonate }) };
}

async function choose(options: ClusterOptions, host: HostEnvironment, clock: Clock): Promise<ClusterConfig> {
  const { context } = options;
  if (options.server !== undefined) return explicitConfig(options, options.server);
  if (options.kubeconfig !== undefined) return await readKubeconfig(options.kubeconfig, { context, clock });
  if (options.inCluster === true) return await inClusterConfig(host, clock);
  const fromEnv = host.env["KUBECONFIG"];
  if (fromEnv) return await readKubeconfig(fromEnv, { context, clock });
  if (await exists(host.defaultKubeconfigPath)) return await readKubeconfig(host.defaultKubeconfigPath, { context, clock });
  if (isInCluster(host)) {
    if (context !== undefined)
      throw new ConfigError("context: there is no kubeconfig to take it from: this process uses its pod's service account", {
        code: "InvalidOptions",
      });
    return await inClusterConfig(host, clock);
  }
  throw new ConfigError(
    `no cluster found: KUBECONFIG is not set, ${host.defaultKubeconfigPath} does not exist, and this process does not run in a pod; ` +
      "set KUBECONFIG, or give connect({ kubeconfig }) or connect({ server })",
    { code: "NoCluster" },
  );
}

function explicitConfig(options: ClusterOptions, server: string): ClusterConfig {
  const { caPem, token, clientCertificatePem, clientKeyPem, tlsServerName } = options;
  return {
    source: "the options given to connect",
    server: serverUrl(server, "connect"),
    credentials: new StaticCredentials({
      source: token === undefined && clientCertificatePem === undefined ? "none were given to connect" : "the options given to connect",
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    }),
    tls: async () => ({
      rejectUnauthorized: options.insecureSkipTlsVerify !== true,
      ...(caPem === undefined ? {} : { ca: await readPem({ name: "caPem", pem: caPem }) }),
      ...(clientCertificatePem === undefined || clientKeyPem === undefined
        ? {}
        : {
            cert: await readPem({ name: "clientCertificatePem", pem: clientCertificatePem }),
            key: await readPem({ name: "clientKeyPem", pem: clientKeyPem }),
          }),
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
    }),
  };
}

function refuseContradictions(options: ClusterOptions): void {
  const ways = (["server", "kubeconfig", "inCluster"] as const).filter((name) => options[name] !== undefined && options[name] !== false);
  if (ways.length > 1) refuse(`${ways.join(" and ")} both say where the cluster is; give one of them`);
  if (options.server === undefined) {
    const stray = (["caPem", "token", "clientCertificatePem", "clientKeyPem", "insecureSkipTlsVerify", "tlsServerName"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (stray !== undefined) refuse(`${stray} goes with server; a kubeconfig and a pod bring their own`);
  }
  if (options.context !== undefined && (options.server !== undefined || options.inCluster === true))
    refuse("context goes with a kubeconfig, and none is used");
  if ((options.clientCertificatePem === undefined) !== (options.clientKeyPem === undefined))
    refuse("clientCertificatePem and clientKeyPem go together; one is missing");
  if (options.insecureSkipTlsVerify === true && options.caPem !== undefined)
    refuse("insecureSkipTlsVerify and caPem contradict each other; give one");
  if (options.token === "") refuse("token is empty");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refuse(why: string): never {
  throw new ConfigError(`connect: ${why}`, { code: "InvalidOptions" });
}
