import { parseArgs } from "node:util";

/** What the sample operator was asked to do. */
export interface Options {
  readonly untilReady: boolean;
  /** Run against this cluster instead of an embedded one. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly installCrds: boolean;
  readonly applySamples: boolean;
  readonly attachControllers: boolean;
  /** The embedded server's port; 0 for a free one. */
  readonly port: number;
  readonly verbose: boolean;
  readonly help: boolean;
}

/** The command line cannot be carried out as given; the message says which part, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `The operatorkit sample operator: keeps a Deployment and a headless Service for every Memcached.

  npm start                              an embedded cluster, the operator, its samples, and what happens
  npm start -- --until-ready             walk the whole story, print a timeline, end
  npm start -- --kubeconfig FILE         run against that cluster; nothing is created there, unless you add:
      --context NAME                       use this context of the file
      --install-crds                       create the Memcached CRD there
      --apply-samples                      create the sample objects there
      --attach-controllers                 also run deployment, pod and garbage collection controllers: only for an
                                           API server that has none
      --port N                           the embedded server's port (default: a free one)
      --verbose                          log lines, and stack traces of errors
`;

/** Reads the command line. Throws a `UsageError` that names what is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  const { kubeconfig, port = "0" } = values;
  for (const [flag, given] of Object.entries({
    "--context": values.context !== undefined,
    "--install-crds": values["install-crds"],
    "--apply-samples": values["apply-samples"],
    "--attach-controllers": values["attach-controllers"],
  })) {
    if (given === true && kubeconfig === undefined)
      throw new UsageError(`${flag} is about a cluster of yours: add --kubeconfig FILE, or leave it out`);
  }
  if (kubeconfig === "") throw new UsageError("--kubeconfig is empty: give the path of a kubeconfig file");
  if (kubeconfig !== undefined && values.port !== undefined)
    throw new UsageError("--port is the embedded server's, which --kubeconfig does without: leave one of them out");
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`--port ${port} is no port: give a number from 0 (any free one) to 65535`);
  return {
    untilReady: values["until-ready"] === true,
    kubeconfig,
    context: values.context,
    installCrds: values["install-crds"] === true,
    applySamples: values["apply-samples"] === true,
    attachControllers: values["attach-controllers"] === true,
    port: Number(port),
    verbose: values.verbose === true,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        "until-ready": { type: "boolean" },
        kubeconfig: { type: "string" },
        context: { type: "string" },
        "install-crds": { type: "boolean" },
        "apply-samples": { type: "boolean" },
        "attach-controllers": { type: "boolean" },
        port: { type: "string" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // node's own sentence names the flag; the hint after its first full stop is about programming.
    const sentence = error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error);
    throw new UsageError(`${sentence}: see npm start -- --help`, { cause: error });
  }
}
