/** What is wrong with how the cluster was described, in one word that stays the same from release to release. */
export type ConfigErrorCode =
  /** The options contradict each other, or one has a value that cannot work. */
  | "InvalidOptions"
  /** Nothing says where a cluster is. */
  | "NoCluster"
  | "FileNotFound"
  | "FileUnreadable"
  | "InvalidYaml"
  /** The YAML is fine, but it is not a kubeconfig, or an entry misses what it must have. */
  | "InvalidKubeconfig"
  | "NoCurrentContext"
  | "UnknownContext"
  | "UnknownCluster"
  | "UnknownUser"
  | "InvalidServer"
  | "InvalidCertificate"
  | "InvalidProxy"
  /** The kubeconfig's credential plugin failed. */
  | "PluginFailed"
  /** A package that only this needs is not installed. */
  | "PackageMissing";

/** The cluster could not be found or the configuration cannot work: says what is wrong, where, and what to do. Compare `code`. */
export class ConfigError extends Error {
  readonly code: ConfigErrorCode;

  constructor(message: string, options: { readonly code: ConfigErrorCode; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ConfigError";
    this.code = options.code;
  }
}
