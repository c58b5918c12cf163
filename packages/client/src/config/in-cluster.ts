import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@operatorkit/observe";
import { ConfigError } from "./config-error.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import type { HostEnvironment } from "./host-environment.ts";
import { readPem } from "./pem-source.ts";
import { serverUrl } from "./server-url.ts";
import { TokenFile } from "./token-file.ts";

/** True when this process runs in a pod that was given the API server's address. */
export function isInCluster({ env }: HostEnvironment): boolean {
  return Boolean(env["KUBERNETES_SERVICE_HOST"]) && Boolean(env["KUBERNETES_SERVICE_PORT"]);
}

/**
 * The cluster this pod runs in, as its service account. The token is read again as it rotates, the CA at each new
 * connection. Source: client-go `rest.InClusterConfig`.
 */
export async function inClusterConfig(host: HostEnvironment, clock: Clock): Promise<ClusterConfig> {
  if (!isInCluster(host)) {
    throw new ConfigError(
      "this process does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; leave inCluster out to use a kubeconfig",
      { code: "NoCluster" },
    );
  }
  const address = host.env["KUBERNETES_SERVICE_HOST"] ?? "";
  const server = serverUrl(
    `https://${address.includes(":") ? `[${address}]` : address}:${host.env["KUBERNETES_SERVICE_PORT"]}`,
    "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT",
  );
  const folder = host.serviceAccountFolder;
  const credentials = new TokenFile({ path: join(folder, "token"), clock });
  try {
    await credentials.headers();
  } catch (cause) {
    throw new ConfigError(
      `this pod has no service account token in ${folder}; leave automountServiceAccountToken on, or give connect({ kubeconfig }) or connect({ server })`,
      { code: "FileNotFound", cause },
    );
  }
  const namespace = await readFile(join(folder, "namespace"), "utf8").then(
    (text) => text.trim(),
    () => "",
  );
  return {
    source: "the pod's service account",
    isOwnCluster: true,
    server,
    credentials,
    tls: async () => ({ ca: await readPem({ name: "the pod's CA", path: join(folder, "ca.crt") }), rejectUnauthorized: true }),
    ...(namespace === "" ? {} : { namespace }),
  };
}
