import { parseArgs } from "node:util";

/** What the command line asks for. */
export type CliOptions =
  | {
      readonly type: "serve";
      readonly host: string;
      readonly port: number;
      readonly kubeconfig: string;
      readonly tls: boolean;
      readonly token: string | undefined;
      readonly verbose: boolean;
    }
  | { readonly type: "help" }
  | { readonly type: "refused"; readonly problem: string; readonly verbose: boolean };

export const HELP = `operatorkit-apiserver serves the Kubernetes API from memory, for tests and laptops.

  --port N           the port to listen on (default: 6443; 0 takes any free one)
  --host ADDRESS     the address to listen on (default: 127.0.0.1, which only this machine can reach)
  --kubeconfig FILE  where to write the kubeconfig (default: operatorkit.kubeconfig); it is removed at the end
  --token TOKEN      the administrator's bearer token (default: a random one)
  --no-tls           plain HTTP; kubectl sends no credentials over it
  --verbose          log every request, and show where errors come from
  --help             this text
`;

/** Reads the command line. What is wrong with it is one sentence. */
export function cliOptions(argv: readonly string[]): CliOptions {
  const verbose = argv.includes("--verbose");
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: "string", default: "6443" },
        host: { type: "string", default: "127.0.0.1" },
        kubeconfig: { type: "string", default: "operatorkit.kubeconfig" },
        token: { type: "string" },
        "no-tls": { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return { type: "help" };
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535)
      return refused(`--port must be a whole number from 0 to 65535, not ${JSON.stringify(values.port)}`, verbose);
    if (values.host === "") return refused("--host must be an address, not empty", verbose);
    if (values.kubeconfig === "") return refused("--kubeconfig must be a file, not empty", verbose);
    if (values.token !== undefined && !/^[\u0021-\u007e]+$/.test(values.token))
      return refused("--token must be printable ASCII without spaces", verbose);
    return { type: "serve", host: values.host, port, kubeconfig: values.kubeconfig, tls: !values["no-tls"], token: values.token, verbose };
  } catch (error) {
    // parseArgs' own sentence goes on with advice about "--", which nobody needs here.
    const [sentence = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    return refused(sentence.replace(/\.$/, ""), verbose);
  }
}

function refused(problem: string, verbose: boolean): CliOptions {
  return { type: "refused", problem, verbose };
}
