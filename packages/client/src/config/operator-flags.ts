import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { anObject, anyString, aList, aString, checkOptions } from "@operatorkit/observe/options";
import { ConfigError } from "./config-error.ts";
import type { ClusterOptions } from "./find-cluster.ts";

/** A flag of your own, beside the ones every operator has. */
export interface OwnFlag {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** For the help text. */
  readonly help: string;
  /** The variable it falls back to. */
  readonly env?: string;
  readonly default?: string | boolean;
}

type OwnFlags = Readonly<Record<string, OwnFlag>>;
type ValueOf<F extends OwnFlag> = F["type"] extends "boolean"
  ? boolean
  : F extends { readonly default: string }
    ? string
    : string | undefined;

export interface OperatorFlagsOptions<Own extends OwnFlags = OwnFlags> {
  /** @default process.argv without node and the script */
  readonly args?: readonly string[];
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program's name, for the help text. @default "operator" */
  readonly name?: string;
  readonly flags?: Own;
}

/** What was asked for on the command line and, where it said nothing, in the environment. */
export interface OperatorFlags<Own extends OwnFlags = OwnFlags> {
  /** For `connect`. */
  readonly cluster: ClusterOptions;
  /** Which namespaces to watch; undefined for all. */
  readonly namespaces: readonly string[] | undefined;
  /** Where health and metrics are served; 0 for any free port, undefined for nowhere said. */
  readonly healthPort: number | undefined;
  readonly verbose: boolean;
  /** `--help` was given: print `usage` and leave. */
  readonly help: boolean;
  readonly usage: string;
  /** Your own flags' values. */
  readonly own: { readonly [Name in keyof Own]: ValueOf<Own[Name]> };
}

const BUILT_IN = {
  kubeconfig: { type: "string", env: "KUBECONFIG", help: "kubeconfig file, or several joined as in PATH" },
  context: { type: "string", env: "KUBE_CONTEXT", help: "context of the kubeconfig" },
  "in-cluster": { type: "boolean", env: "IN_CLUSTER", help: "use the pod's service account" },
  server: { type: "string", env: "KUBE_SERVER", help: "API server's URL, instead of a kubeconfig" },
  "ca-file": { type: "string", env: "KUBE_CA_FILE", help: "CA of the server's certificate, PEM; with --server" },
  "cert-file": { type: "string", env: "KUBE_CERT_FILE", help: "client certificate, PEM; with --server" },
  "key-file": { type: "string", env: "KUBE_KEY_FILE", help: "client certificate's key, PEM; with --server" },
  namespace: { type: "string", short: "n", env: "WATCH_NAMESPACE", help: "namespace to watch; repeat it or use commas for several [all]" },
  "health-port": { type: "string", env: "HEALTH_PORT", help: "port of health checks and metrics" },
  verbose: { type: "boolean", short: "v", env: "VERBOSE", help: "log more" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const satisfies Readonly<Record<string, Omit<OwnFlag, "env"> & { env?: string }>>;

/**
 * The flags every operator binary needs, typed, each with a variable to fall back to; unknown flags and words are refused by
 * name, with a `ConfigError`. A flag wins over its variable, and naming one way to the cluster by a flag makes the variables of the
 * others count for nothing, so that `--server` works in a shell where `KUBECONFIG` is set.
 */
export function operatorFlags<const Own extends OwnFlags = Readonly<Record<never, OwnFlag>>>(
  options: OperatorFlagsOptions<Own> = {},
): OperatorFlags<Own> {
  const some = anObject({});
  checkOptions("operatorFlags", options, { args: aList(anyString), env: some, name: aString, flags: some });
  const { args = process.argv.slice(2), env = process.env, name = "operator" } = options;
  const own: OwnFlags = options.flags ?? {};
  const taken = Object.keys(own).find((flag) => flag in BUILT_IN);
  if (taken !== undefined) throw refused(`--${taken} is a flag every operator has; name yours otherwise`);
  const given = parse(args, own);
  const text = (flag: string, variable?: string): string | undefined =>
    last(given[flag]) ?? (variable && env[variable] ? env[variable] : undefined);
  const bool = (flag: string, variable?: string): boolean =>
    typeof given[flag] === "boolean" ? given[flag] : truth(variable, variable && env[variable]);
  return {
    cluster: clusterOf(given, text, bool),
    namespaces: namespacesOf(given["namespace"], env["WATCH_NAMESPACE"]),
    healthPort: portOf(text("health-port", "HEALTH_PORT")),
    verbose: bool("verbose", "VERBOSE"),
    help: given["help"] === true,
    usage: usageOf(name, own),
    own: ownValues(own, given, env) as OperatorFlags<Own>["own"],
  };
}

type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parse(args: readonly string[], own: OwnFlags): Given {
  const flags: Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>> = { ...BUILT_IN, ...own };
  const entries = Object.entries(flags).map(([flag, { type, short }]) => [
    flag,
    { type, ...(short === undefined ? {} : { short }), ...(flag === "namespace" ? { multiple: true } : {}) },
  ]);
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(entries), strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw refused(`${cause instanceof Error ? cause.message : String(cause)}; --help shows the flags`);
  }
}

function clusterOf(
  given: Given,
  text: (flag: string, variable?: string) => string | undefined,
  bool: (flag: string, variable?: string) => boolean,
): ClusterOptions {
  const ways = (["kubeconfig", "server", "in-cluster"] as const).filter((flag) => given[flag] !== undefined && given[flag] !== false);
  if (ways.length > 1) throw refused(`${ways.map((flag) => `--${flag}`).join(" and ")} both say where the cluster is; give one of them`);
  const [way] = ways;
  const orElse = (flag: "kubeconfig" | "server", variable: string): string | undefined =>
    way === undefined || way === flag ? text(flag, variable) : undefined;
  const server = orElse("server", BUILT_IN.server.env);
  const isInCluster = way === "in-cluster" || (way === undefined && server === undefined && bool("in-cluster", BUILT_IN["in-cluster"].env));
  const kubeconfig = server === undefined && !isInCluster ? orElse("kubeconfig", BUILT_IN.kubeconfig.env) : undefined;
  const context = server === undefined && !isInCluster ? text("context", BUILT_IN.context.env) : text("context");
  const pem = (flag: "ca-file" | "cert-file" | "key-file"): string | undefined =>
    readPemFile(flag, text(flag, server === undefined ? undefined : BUILT_IN[flag].env));
  const [caPem, clientCertificatePem, clientKeyPem] = [pem("ca-file"), pem("cert-file"), pem("key-file")];
  return {
    ...(server === undefined ? {} : { server }),
    ...(isInCluster ? { inCluster: true } : {}),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(caPem === undefined ? {} : { caPem }),
    ...(clientCertificatePem === undefined ? {} : { clientCertificatePem }),
    ...(clientKeyPem === undefined ? {} : { clientKeyPem }),
  };
}

function readPemFile(flag: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`--${flag}: ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: (cause as { code?: unknown }).code === "ENOENT" ? "FileNotFound" : "FileUnreadable",
      cause,
    });
  }
}

function namespacesOf(given: Given[string], variable: string | undefined): readonly string[] | undefined {
  const texts = Array.isArray(given) ? given.map(String) : variable === undefined ? [] : [variable];
  const names = texts
    .flatMap((list) => list.split(","))
    .map((namespace) => namespace.trim())
    .filter((namespace) => namespace !== "");
  return names.length === 0 ? undefined : [...new Set(names)];
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw refused(`--health-port is ${JSON.stringify(text)}; give a port from 0 to 65535`);
  return Number(text);
}

function ownValues(
  own: OwnFlags,
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | boolean | undefined> {
  return Object.fromEntries(
    Object.entries(own).map(([flag, { type, env: variable, default: otherwise }]) => {
      const inEnv = variable === undefined ? undefined : env[variable];
      const value = given[flag] ?? (inEnv === undefined || inEnv === "" ? otherwise : type === "boolean" ? truth(variable, inEnv) : inEnv);
      return [flag, type === "boolean" ? value === true : last(value)];
    }),
  );
}

function truth(variable: string | undefined, text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "0" || text.toLowerCase() === "false") return false;
  if (text === "1" || text.toLowerCase() === "true") return true;
  throw refused(`${variable} is ${JSON.stringify(text)}; give true or false`);
}

function last(value: Given[string]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function usageOf(name: string, own: OwnFlags): string {
  const flags: OwnFlags = { ...BUILT_IN, ...own };
  const rows = Object.entries(flags).map(([flag, { type, short, env, help }]) => ({
    flag: `${short === undefined ? "    " : `-${short}, `}--${flag}${type === "string" ? " <value>" : ""}`,
    help: env === undefined ? help : `${help} (or ${env})`,
  }));
  const width = Math.max(...rows.map(({ flag }) => flag.length));
  return [`Usage: ${name} [flags]`, "", ...rows.map(({ flag, help }) => `  ${flag.padEnd(width)}  ${help}`), ""].join("\n");
}

function refused(why: string): ConfigError {
  return new ConfigError(why, { code: "InvalidOptions" });
}
