import { parseArgs } from "node:util";
import type { App } from "./app.ts";

/** What an app was asked to do. */
export interface AppOptions {
  /** Run against this cluster instead of an embedded one. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly installCrds: boolean;
  readonly applySamples: boolean;
  readonly attachControllers: boolean;
  /** Tell the app's story, then end. */
  readonly untilReady: boolean;
  /** The embedded server's port; 0 for a free one. */
  readonly port: number;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** What the command line depends on. */
export type AppCommand = Pick<App, "command" | "kubeconfigVariable" | "story">;

/** The command line cannot be carried out as given; the message says which part, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "Usage";
}

export function helpText({ name, command, summary, kinds, story, kubeconfigVariable }: App): string {
  const crds = `${kinds.map(({ kind }) => kind).join(" and ")} CRD${kinds.length === 1 ? "" : "s"}`;
  const untilReady = "  --until-ready            walk the whole story, print a timeline, end\n";
  const variable = `                           (${kubeconfigVariable ?? ""} says the same)\n`;
  return `${name}: ${summary}

usage: ${command} [options]

  (no option)              an embedded cluster, the operator, its samples, and what happens
${story === undefined ? "" : untilReady}  --kubeconfig FILE        run against that cluster; nothing is created there, unless you add:
${kubeconfigVariable === undefined ? "" : variable}      --context NAME         use this context of the file
      --install-crds         create the ${crds} there
      --apply-samples        create the sample objects there
      --attach-controllers   also run deployment, pod and garbage collection controllers: only for an
                             API server that has none
  --port N                 the embedded server's port (default: a free one)
  --verbose                log lines, and stack traces of errors
`;
}

/** Reads the command line, then the environment. Throws a `UsageError` that names what is wrong. */
export function parseAppOptions(
  args: readonly string[],
  { command, kubeconfigVariable, story }: AppCommand,
  env: NodeJS.ProcessEnv = {},
): AppOptions {
  const values = parse(args, command);
  if (values["until-ready"] === true && story === undefined) throw new UsageError(`Unknown option '--until-ready': see ${command} --help`);
  if (values.kubeconfig === "") throw new UsageError("--kubeconfig is empty: give the path of a kubeconfig file");
  const ofEnvironment = kubeconfigVariable === undefined ? undefined : env[kubeconfigVariable];
  const kubeconfig = values.kubeconfig ?? (ofEnvironment === "" ? undefined : ofEnvironment);
  for (const [flag, given] of [
    ["--context", values.context !== undefined],
    ["--install-crds", values["install-crds"] === true],
    ["--apply-samples", values["apply-samples"] === true],
    ["--attach-controllers", values["attach-controllers"] === true],
  ] as const) {
    if (given && kubeconfig === undefined)
      throw new UsageError(`${flag} is about a cluster of yours: add --kubeconfig FILE, or leave it out`);
  }
  if (kubeconfig !== undefined && values.port !== undefined)
    throw new UsageError("--port is the embedded server's, which --kubeconfig does without: leave one of them out");
  // A story makes, changes and deletes what the samples hold.
  if (kubeconfig !== undefined && values["until-ready"] === true && values["apply-samples"] !== true)
    throw new UsageError("--until-ready creates, changes and deletes the samples: for a cluster of yours, add --apply-samples to allow it");
  const { port = "0" } = values;
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port ${port} is no port: give a number from 0 (any free one) to 65535`);
  return {
    kubeconfig,
    context: values.context,
    installCrds: values["install-crds"] === true,
    applySamples: values["apply-samples"] === true,
    attachControllers: values["attach-controllers"] === true,
    untilReady: values["until-ready"] === true,
    port: Number(port),
    verbose: values.verbose === true,
    help: values.help === true,
  };
}

function parse(args: readonly string[], command: string) {
  try {
    return parseArgs({
      args: args[0] === "--" ? args.slice(1) : [...args],
      strict: true,
      allowPositionals: false,
      options: {
        kubeconfig: { type: "string" },
        context: { type: "string" },
        "install-crds": { type: "boolean" },
        "apply-samples": { type: "boolean" },
        "attach-controllers": { type: "boolean" },
        port: { type: "string" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        "until-ready": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // node's own sentence names the flag; the hint after its first full stop is about programming.
    const sentence = error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error);
    throw new UsageError(`${sentence}: see ${command} --help`, { cause: error });
  }
}
