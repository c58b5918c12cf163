import type { Clock } from "@operatorkit/observe";
import { importClientNode } from "./client-node.ts";
import { ConfigError } from "./config-error.ts";
import type { Credentials } from "./credentials.ts";
import type { KubeconfigCluster, SelectedContext } from "./kubeconfig.ts";

export interface PluginCredentialsOptions {
  readonly context: SelectedContext;
  readonly source: string;
  readonly clock: Clock;
}

interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
}

/** How long a plugin's answer is used before it is asked again; the plugin layer below caches by the token's own expiry. */
const MAX_AGE_MS = 30_000;

/**
 * Credentials that a kubeconfig's `exec` command or `auth-provider` gives. @kubernetes/client-node runs the plugins, and
 * is imported when the first request needs one.
 */
export class PluginCredentials implements Credentials {
  readonly source: string;
  readonly #context: SelectedContext;
  readonly #clock: Clock;
  #identity: Identity | undefined;
  #freshUntilMs = 0;
  #asking: Promise<Identity> | undefined;
  #ask: (() => Promise<Identity>) | undefined;

  constructor({ context, source, clock }: PluginCredentialsOptions) {
    this.source = source;
    this.#context = context;
    this.#clock = clock;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    return (await this.#current()).headers;
  }

  async certificate(): Promise<{ readonly cert: string; readonly key: string } | undefined> {
    return (await this.#current()).certificate;
  }

  async refresh(): Promise<boolean> {
    // A new plugin layer, because the old one keeps a token until it expires, refused or not.
    this.#ask = undefined;
    this.#identity = undefined;
    await this.#current();
    return true;
  }

  async #current(): Promise<Identity> {
    if (this.#identity !== undefined && this.#clock.monotonicMs() < this.#freshUntilMs) return this.#identity;
    this.#asking ??= this.#askPlugin().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askPlugin(): Promise<Identity> {
    const { userName } = this.#context;
    try {
      this.#ask ??= await pluginLayer(this.#context);
      const identity = await this.#ask();
      this.#identity = identity;
      this.#freshUntilMs = this.#clock.monotonicMs() + MAX_AGE_MS;
      return this.#identity;
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      const why = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new ConfigError(`the credential plugin of user ${JSON.stringify(userName)} (${this.source}) failed: ${why}`, {
        code: "PluginFailed",
        cause,
      });
    }
  }
}

/**
 * The command with what client-go tells every plugin by KUBERNETES_EXEC_INFO: which version of ExecCredential to answer in, that
 * nobody can be asked, and, if it wants to know, about the cluster. Source: client-go `plugin/pkg/client/auth/exec/exec.go`.
 */
function informed(exec: Readonly<Record<string, unknown>> | undefined, cluster: KubeconfigCluster): unknown {
  if (exec === undefined) return undefined;
  const { server, "certificate-authority-data": ca, "tls-server-name": name, "insecure-skip-tls-verify": insecure } = cluster;
  const about = {
    server,
    "tls-server-name": name,
    "insecure-skip-tls-verify": insecure,
    "certificate-authority-data": ca,
    "proxy-url": cluster["proxy-url"],
  };
  const spec = { interactive: false, ...(exec["provideClusterInfo"] === true ? { cluster: about } : {}) };
  const value = JSON.stringify({ kind: "ExecCredential", apiVersion: exec["apiVersion"], spec });
  const env = Array.isArray(exec["env"]) ? (exec["env"] as readonly unknown[]) : [];
  return { ...exec, env: [...env, { name: "KUBERNETES_EXEC_INFO", value }] };
}

async function pluginLayer({ name, cluster, clusterName, user, userName }: SelectedContext): Promise<() => Promise<Identity>> {
  const { KubeConfig } = await importClientNode("this user of the kubeconfig");
  const config = new KubeConfig();
  // JSON is YAML. Only what the plugins read is handed over: certificates and their paths stay with us.
  const plugins = { exec: informed(user?.exec, cluster), "auth-provider": user?.["auth-provider"] };
  config.loadFromString(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: clusterName, cluster: { server: cluster.server } }],
      users: [{ name: userName, user: plugins }],
      contexts: [{ name, context: { cluster: clusterName, user: userName } }],
      "current-context": name,
    }),
  );
  return async () => {
    const options: { headers: Record<string, string>; cert?: string; key?: string } = { headers: {} };
    await config.applyToHTTPSOptions(options);
    const headers = Object.fromEntries(Object.entries(options.headers).map(([header, value]) => [header.toLowerCase(), value]));
    const { cert, key } = options;
    return { headers, certificate: typeof cert === "string" && typeof key === "string" ? { cert, key } : undefined };
  };
}
