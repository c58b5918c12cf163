import type { Client, DefinedKind, KubernetesObject, Logger } from "operatorkit";

/** What an app is given when it runs. */
export interface AppContext {
  /** Bound to `signal`. */
  readonly client: Client;
  /** Aborted when the app shall stop. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Writes a line for people. */
  readonly print: (line: string) => void;
  /** The cluster lives in this process, and is this app's own. */
  readonly isEmbedded: boolean;
  /** Which kubeconfig it runs with; the embedded cluster's when there was none. */
  readonly kubeconfig: string;
}

/** An operator that `main` makes a command of. */
export interface App {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Installed in the embedded cluster; in another one with `--install-crds` only. */
  readonly kinds: readonly DefinedKind[];
  /** Applied in the embedded cluster; in another one with `--apply-samples` only. */
  readonly samples: readonly KubernetesObject[];
  /** The environment variable that says which kubeconfig to use when `--kubeconfig` does not. */
  readonly kubeconfigVariable?: string;
  /** What to try in another terminal, after `export KUBECONFIG=…`. */
  readonly hints?: readonly string[];
  /** Resolves when `signal` was aborted and all is put away; rejects when something broke. */
  run(context: AppContext): Promise<void>;
}
