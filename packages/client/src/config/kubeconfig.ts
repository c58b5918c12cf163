import { ConfigError } from "./config-error.ts";

/** A kubeconfig as kubectl writes it. Source: client-go `tools/clientcmd/api/v1`. */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
  readonly currentContext: string | undefined;
}

interface Entry {
  /** The file an entry came from. */
  readonly from: string;
  /** What the entry's relative paths are relative to. */
  readonly folder: string | undefined;
}

export interface KubeconfigCluster extends Entry {
  readonly server?: string;
  readonly "certificate-authority"?: string;
  readonly "certificate-authority-data"?: string;
  readonly "insecure-skip-tls-verify"?: boolean;
  readonly "tls-server-name"?: string;
  readonly "proxy-url"?: string;
}

export interface KubeconfigUser extends Entry {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly "client-certificate"?: string;
  readonly "client-certificate-data"?: string;
  readonly "client-key"?: string;
  readonly "client-key-data"?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly "as-uid"?: string;
  readonly "as-groups"?: readonly string[];
  readonly "as-user-extra"?: Readonly<Record<string, readonly string[]>>;
  readonly exec?: Readonly<Record<string, unknown>>;
  readonly "auth-provider"?: Readonly<Record<string, unknown>>;
}

export interface KubeconfigContext extends Entry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One parsed document and where it came from. */
export interface KubeconfigDocument {
  readonly from: string;
  readonly folder: string | undefined;
  readonly content: unknown;
}

/** A context with what it points to. */
export interface SelectedContext {
  readonly name: string;
  readonly cluster: KubeconfigCluster;
  readonly clusterName: string;
  readonly user: KubeconfigUser | undefined;
  readonly userName: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * Several documents as one. The first to name an entry or a current context wins, as kubectl does with the files of
 * `KUBECONFIG`. Source: client-go `clientcmd.ClientConfigLoadingRules.Load`.
 */
export function mergeKubeconfigs(documents: readonly KubeconfigDocument[]): Kubeconfig {
  const clusters = new Map<string, KubeconfigCluster>();
  const users = new Map<string, KubeconfigUser>();
  const contexts = new Map<string, KubeconfigContext>();
  let currentContext: string | undefined;
  for (const document of documents) {
    const content = document.content ?? {};
    if (!isRecord(content)) throw invalid(document.from, "it is not a mapping");
    addEntries(clusters, document, content, "clusters", "cluster");
    addEntries(users, document, content, "users", "user");
    addEntries(contexts, document, content, "contexts", "context");
    const current = content["current-context"];
    if (typeof current === "string" && current !== "") currentContext ??= current;
  }
  return { clusters, users, contexts, currentContext };
}

/** The context of this name, or the current one. */
export function selectContext(config: Kubeconfig, where: string, wanted?: string): SelectedContext {
  const name = wanted ?? config.currentContext;
  const known = [...config.contexts.keys()];
  if (name === undefined) {
    throw new ConfigError(
      `${where} has no current-context; ${known.length === 0 ? "it has no contexts at all" : `give one of: ${known.join(", ")}`}`,
      {
        code: "NoCurrentContext",
      },
    );
  }
  const context = config.contexts.get(name);
  if (context === undefined) {
    throw new ConfigError(
      `${where} has no context ${JSON.stringify(name)}; ${known.length === 0 ? "it has no contexts at all" : `it has: ${known.join(", ")}`}`,
      { code: "UnknownContext" },
    );
  }
  const at = `${context.from}: context ${JSON.stringify(name)}`;
  if (isBlank(context.cluster)) throw new ConfigError(`${at} names no cluster; set context.cluster`, { code: "UnknownCluster" });
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) {
    throw new ConfigError(
      `${at} names the cluster ${JSON.stringify(context.cluster)}, which ${where} does not have; add it under clusters`,
      {
        code: "UnknownCluster",
      },
    );
  }
  const user = isBlank(context.user) ? undefined : config.users.get(context.user);
  if (!isBlank(context.user) && user === undefined) {
    throw new ConfigError(`${at} names the user ${JSON.stringify(context.user)}, which ${where} does not have; add it under users`, {
      code: "UnknownUser",
    });
  }
  return {
    name,
    cluster,
    clusterName: context.cluster,
    user,
    userName: isBlank(context.user) ? undefined : context.user,
    namespace: isBlank(context.namespace) ? undefined : context.namespace,
  };
}

/** True when only a credential plugin can say who this user is. */
export function needsPlugin(user: KubeconfigUser): boolean {
  return user.exec !== undefined || user["auth-provider"] !== undefined;
}

function addEntries<T extends Entry>(
  to: Map<string, T>,
  document: KubeconfigDocument,
  content: Readonly<Record<string, unknown>>,
  list: string,
  member: string,
): void {
  const entries = content[list] ?? [];
  if (!Array.isArray(entries)) throw invalid(document.from, `${list} is not a list`);
  entries.forEach((entry: unknown, index) => {
    if (!isRecord(entry) || typeof entry["name"] !== "string") throw invalid(document.from, `${list}[${index}].name is missing`);
    const value = entry[member] ?? {};
    if (!isRecord(value)) throw invalid(document.from, `${list}[${index}].${member} is not a mapping`);
    // The document is the user's; fields that are used are checked where they are used.
    if (!to.has(entry["name"])) to.set(entry["name"], { ...dropNulls(value), from: document.from, folder: document.folder } as T);
  });
}

function dropNulls(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function invalid(from: string, why: string): ConfigError {
  return new ConfigError(`${from} is not a kubeconfig: ${why}`, { code: "InvalidKubeconfig" });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isBlank(text: string | undefined): text is undefined | "" {
  return text === undefined || text === "";
}
