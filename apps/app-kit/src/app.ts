import type { Client, DefinedKind, Logger } from "operatorkit";

/** What an app is given when it runs. */
export interface AppContext {
  /** Bound to `signal`; writes under the app's name. */
  readonly client: Client;
  /** Aborted when the app shall stop. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Writes a line for people. */
  readonly print: (line: string) => void;
  /** The terminal to draw on; absent when the output is a pipe or a file, or is to be plain lines. */
  readonly screen?: Screen | undefined;
  /** The cluster lives in this process, and is this app's own. */
  readonly isEmbedded: boolean;
  /** Which kubeconfig it runs with; the embedded cluster's when there was none. */
  readonly kubeconfig: string;
}

/** A terminal, as much of it as a live table needs. */
export interface Screen {
  readonly columns: number;
  write(text: string): void;
}

/** An operator that `main` makes a command of. */
export interface App {
  readonly name: string;
  /** How people start it, ready for options to follow: `npm start --`. */
  readonly command: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Installed in the embedded cluster; in another one with `--install-crds` only. */
  readonly kinds: readonly DefinedKind[];
  /** A YAML file of sample objects, applied in the embedded cluster; in another one with `--apply-samples` only. */
  readonly samples: URL;
  /** The environment variable that says which kubeconfig to use when `--kubeconfig` does not. */
  readonly kubeconfigVariable?: string;
  /** What to try in another terminal, after `export KUBECONFIG=…`. */
  readonly hints?: readonly string[];
  /** The operator. Resolves when `signal` was aborted and all is put away; rejects when something broke. */
  run(context: AppContext): Promise<void>;
  /** Shows beside it what happens, for an operator that prints nothing itself. Ends as `run` does. */
  view?(context: AppContext): Promise<void>;
  /** What `--until-ready` tells, in the place of `view` and the samples; the app ends with it. */
  story?(context: AppContext): Promise<void>;
}
