import { readFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, resolve } from "node:path";
import type { Clock } from "@operatorkit/observe";
import { ConfigError } from "./config-error.ts";
import type { ClusterConfig, TlsSettings } from "./cluster-config.ts";
import { StaticCredentials, type Credentials } from "./credentials.ts";
import { checkedImpersonation, type Impersonation } from "./impersonation.ts";
import {
  mergeKubeconfigs,
  needsPlugin,
  selectContext,
  type KubeconfigCluster,
  type KubeconfigDocument,
  type KubeconfigUser,
  type SelectedContext,
} from "./kubeconfig.ts";
import { OidcCredentials, type OidcConfig } from "./oidc-credentials.ts";
import { readPem, type PemSource } from "./pem-source.ts";
import { PluginCredentials } from "./plugin-credentials.ts";
import { serverUrl } from "./server-url.ts";
import { TokenFile } from "./token-file.ts";

/** One kubeconfig: a path (several joined as in `KUBECONFIG`), or its text. */
export type KubeconfigSource = string | { readonly text: string };

/** A kubeconfig, or several to be merged: the first to name an entry, or a current context, wins. */
export type KubeconfigInput = KubeconfigSource | readonly KubeconfigSource[];

/** The cluster and user that a kubeconfig's context names. */
export async function readKubeconfig(
  input: KubeconfigInput,
  { context, clock }: { readonly context?: string | undefined; readonly clock: Clock },
): Promise<ClusterConfig> {
  const sources = typeof input === "string" || "text" in input ? [input] : input;
  if (sources.length === 0) throw new ConfigError("kubeconfig: the list is empty; give one at least", { code: "InvalidOptions" });
  const where = sources.map(nameOf).join(" and ");
  const documents = (await Promise.all(sources.map(readSource))).flat();
  const selected = selectContext(mergeKubeconfigs(documents), where, context);
  const { cluster } = selected;
  const at = `${cluster.from}: cluster ${JSON.stringify(selected.clusterName)}`;
  if (cluster.server === undefined) throw new ConfigError(`${at} has no server; set cluster.server`, { code: "InvalidServer" });
  const credentials = credentialsOf(selected, clock);
  return {
    source: `${where}, context ${selected.name}`,
    server: serverUrl(cluster.server, at),
    credentials,
    tls: tlsOf(selected, credentials),
    ...impersonationOf(selected),
    ...(selected.namespace === undefined ? {} : { namespace: selected.namespace }),
    ...(cluster["proxy-url"] === undefined ? {} : { proxyUrl: cluster["proxy-url"] }),
  };
}

function nameOf(source: KubeconfigSource): string {
  return typeof source === "string" ? (isText(source) ? "the kubeconfig" : source) : "the kubeconfig text";
}

async function readSource(source: KubeconfigSource): Promise<KubeconfigDocument[]> {
  if (typeof source !== "string") return [await parse({ from: "the kubeconfig text", folder: undefined, text: source.text })];
  refuseText(source);
  return await readDocuments(source);
}

function isText(path: string): boolean {
  return path.includes("\n") || path.trimStart().startsWith("{");
}

/** A text in the place of a path would be echoed by every error about that path, with the tokens in it. */
function refuseText(path: string): void {
  if (!isText(path)) return;
  throw new ConfigError("kubeconfig: this is the text of a kubeconfig, where a path is expected; give { kubeconfig: { text } }", {
    code: "InvalidOptions",
  });
}

/** Files of the list that are missing are passed over, as kubectl does, as long as one is there. */
async function readDocuments(paths: string): Promise<KubeconfigDocument[]> {
  const files = paths.split(delimiter).filter((path) => path !== "");
  const documents: KubeconfigDocument[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (cause) {
      if ((cause as { code?: unknown }).code === "ENOENT") continue;
      throw new ConfigError(`the kubeconfig ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
        code: "FileUnreadable",
        cause,
      });
    }
    documents.push(await parse({ from: file, folder: dirname(resolve(file)), text }));
  }
  if (documents.length === 0) {
    throw new ConfigError(`the kubeconfig ${paths} does not exist; check the path, or KUBECONFIG if it came from there`, {
      code: "FileNotFound",
    });
  }
  return documents;
}

async function parse({ from, folder, text }: { from: string; folder: string | undefined; text: string }): Promise<KubeconfigDocument> {
  if (text.trimStart().startsWith("{")) {
    try {
      return { from, folder, content: JSON.parse(text) };
    } catch {
      // Flow-style YAML starts with a brace too.
    }
  }
  const { parse: parseYaml } = await import("yaml");
  try {
    return { from, folder, content: parseYaml(text, { logLevel: "error" }) };
  } catch (cause) {
    // yaml's message goes on with an excerpt; its first line has the place, the rest may show a secret.
    const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new ConfigError(`${from} is not YAML: ${why?.replace(/:$/, "")}`, { code: "InvalidYaml" });
  }
}

function tlsOf({ cluster, clusterName, user, userName }: SelectedContext, credentials: Credentials): () => Promise<TlsSettings> {
  const ca = pemOf(cluster, "certificate-authority", `cluster ${JSON.stringify(clusterName)}`);
  const cert = user && pemOf(user, "client-certificate", `user ${JSON.stringify(userName)}`);
  const key = user && pemOf(user, "client-key", `user ${JSON.stringify(userName)}`);
  if (user !== undefined && (cert === undefined) !== (key === undefined)) {
    throw new ConfigError(
      `${user.from}: user ${JSON.stringify(userName)} has a ${cert === undefined ? "client-key but no client-certificate" : "client-certificate but no client-key"}`,
      { code: "InvalidKubeconfig" },
    );
  }
  return async () => {
    const own = cert && key ? { cert: await readPem(cert), key: await readPem(key) } : await credentials.certificate?.();
    return {
      rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
      ...(ca === undefined ? {} : { ca: await readPem(ca) }),
      ...own,
      ...(cluster["tls-server-name"] === undefined ? {} : { servername: cluster["tls-server-name"] }),
    };
  };
}

/** `<field>-data` wins over `<field>`, as in kubectl. */
function pemOf(
  entry: KubeconfigCluster | KubeconfigUser,
  field: "certificate-authority" | "client-certificate" | "client-key",
  owner: string,
): PemSource | undefined {
  // One of the two entry types has each of the three fields.
  const fields = entry as unknown as Readonly<Record<string, string | undefined>>;
  const name = `${entry.from}: ${owner}: ${field}`;
  const data = fields[`${field}-data`];
  if (data !== undefined && data !== "") return { name: `${name}-data`, pem: Buffer.from(data, "base64").toString("utf8") };
  const path = fields[field];
  return path === undefined || path === "" ? undefined : { name, path: pathOf(entry, path) };
}

function pathOf(entry: KubeconfigCluster | KubeconfigUser, path: string): string {
  return entry.folder === undefined || isAbsolute(path) ? path : resolve(entry.folder, path);
}

function credentialsOf(selected: SelectedContext, clock: Clock): Credentials {
  const { user, userName } = selected;
  if (user === undefined) return new StaticCredentials({ source: "no credentials: the context names no user" });
  const source = `user ${JSON.stringify(userName)} of ${user.from}`;
  // Token before password before plugin: kubectl's order. A token file wins over a token, because it is the one that rotates.
  if (user.tokenFile) return new TokenFile({ path: pathOf(user, user.tokenFile), clock });
  if (user.token) return new StaticCredentials({ source, headers: { authorization: `Bearer ${user.token}` } });
  if (user.username) {
    const pair = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
    return new StaticCredentials({ source, headers: { authorization: `Basic ${pair}` } });
  }
  const provider = user.exec === undefined ? user["auth-provider"] : undefined;
  if (provider?.["name"] === "oidc") return new OidcCredentials({ config: oidcConfigOf(user, source, provider), source, clock });
  if (needsPlugin(user)) return new PluginCredentials({ context: { ...selected, user: withAbsoluteCommand(user) }, source, clock });
  return new StaticCredentials({ source });
}

function oidcConfigOf(user: KubeconfigUser, source: string, provider: Readonly<Record<string, unknown>>): OidcConfig {
  const config = (provider["config"] ?? {}) as Readonly<Record<string, unknown>>;
  const odd = Object.entries(config).find(([, value]) => typeof value !== "string");
  if (odd !== undefined) {
    throw new ConfigError(`${source}: auth-provider.config.${odd[0]} is not text`, { code: "InvalidKubeconfig" });
  }
  // All are text.
  const texts = config as OidcConfig;
  const ca = texts["idp-certificate-authority"];
  return { ...texts, ...(ca ? { "idp-certificate-authority": pathOf(user, ca) } : {}) };
}

/** A plugin named by a relative path is beside the kubeconfig; a bare name is looked up in PATH. */
function withAbsoluteCommand(user: KubeconfigUser): KubeconfigUser {
  const command = user.exec?.["command"];
  if (typeof command !== "string" || !/[\\/]/.test(command)) return user;
  return { ...user, exec: { ...user.exec, command: pathOf(user, command) } };
}

function impersonationOf({ user, userName }: SelectedContext): { readonly impersonate?: Impersonation } {
  if (user === undefined) return {};
  const { as = "", "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  if (as === "" && uid === undefined && (groups ?? []).length === 0 && extra === undefined) return {};
  const impersonate = {
    user: as,
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
  };
  return { impersonate: checkedImpersonation(impersonate, `${user.from}: user ${JSON.stringify(userName)}: impersonation (as)`) };
}
