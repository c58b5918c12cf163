import type { KubeConfig } from "@kubernetes/client-node";
import { importClientNode } from "./client-node.ts";
import { ConfigError } from "./config-error.ts";
import type { ClusterConfig } from "./cluster-config.ts";

/**
 * The same cluster and identity as a `KubeConfig` of @kubernetes/client-node, which is loaded here: for `Exec`, `Attach`,
 * `PortForward` and `Cp`, which need its websockets. A snapshot: a token or certificate that rotates is the one of now.
 */
export async function kubeConfigOf({ server, tls, credentials, impersonate, namespace, proxyUrl }: ClusterConfig): Promise<KubeConfig> {
  if (impersonate?.groups?.length || impersonate?.uid !== undefined || impersonate?.extra !== undefined) {
    throw new ConfigError(
      "toKubeConfig: @kubernetes/client-node impersonates a user without groups, uid and extra; connect without impersonate for it",
      { code: "InvalidOptions" },
    );
  }
  const [settings, headers] = await Promise.all([tls(), credentials.headers()]);
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  const { KubeConfig } = await importClientNode("toKubeConfig");
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: "cluster",
        server: server.href.replace(/\/$/, ""),
        skipTLSVerify: !settings.rejectUnauthorized,
        ...(settings.ca === undefined ? {} : { caData: base64(settings.ca) }),
        ...(settings.servername === undefined ? {} : { tlsServerName: settings.servername }),
        ...(proxyUrl === undefined ? {} : { proxyUrl }),
      },
    ],
    users: [
      {
        name: "user",
        ...(settings.cert === undefined ? {} : { certData: base64(settings.cert) }),
        ...(settings.key === undefined ? {} : { keyData: base64(settings.key) }),
        ...identityOf(headers["authorization"]),
        ...(impersonate === undefined ? {} : { impersonateUser: impersonate.user }),
      },
    ],
    contexts: [{ name: "context", cluster: "cluster", user: "user", ...(namespace === undefined ? {} : { namespace }) }],
    currentContext: "context",
  });
  return config;
}

function identityOf(authorization: string | undefined): { token?: string; username?: string; password?: string } {
  const [scheme = "", value = ""] = authorization?.split(" ") ?? [];
  if (scheme === "Bearer") return { token: value };
  if (scheme !== "Basic") return {};
  const [username = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
  return { username, password: password.join(":") };
}
