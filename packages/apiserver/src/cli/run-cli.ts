import { readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Logger, LogFields } from "@operatorkit/observe";
import { ApiServer } from "../api-server.ts";
import type { Middleware } from "../handler.ts";
import { type CliOptions, HELP, cliOptions } from "./cli-options.ts";

export interface CliSurroundings {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Where SIGINT and SIGTERM arrive. */
  readonly signals: {
    on(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
    off(signal: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  };
}

type Serve = Extract<CliOptions, { type: "serve" }>;

/** The command from start to end: serves until a signal arrives. Resolves to the exit code; never rejects. */
export async function runCli(argv: readonly string[], surroundings: CliSurroundings): Promise<number> {
  const options = cliOptions(argv);
  switch (options.type) {
    case "help":
      surroundings.stdout.write(HELP);
      return 0;
    case "refused":
      surroundings.stderr.write(`operatorkit-apiserver: ${options.problem}; --help lists the options\n`);
      return 1;
    case "serve":
      try {
        await serve(options, surroundings);
        return 0;
      } catch (error) {
        surroundings.stderr.write(`operatorkit-apiserver: ${options.verbose && error instanceof Error ? error.stack : messageOf(error)}\n`);
        return 1;
      }
  }
}

async function serve(options: Serve, { stdout, stderr, signals }: CliSurroundings): Promise<void> {
  const { host, port, tls, token, verbose, kubeconfig } = options;
  const { promise: asked, resolve: stop } = Promise.withResolvers<void>();
  signals.on("SIGINT", stop);
  signals.on("SIGTERM", stop);
  const logger = lineLogger((line) => stderr.write(line), verbose);
  const server = await ApiServer.start({
    host,
    port,
    tls,
    logger,
    ...(token !== undefined && { token }),
    middleware: verbose ? [logRequests(logger)] : [],
  });
  try {
    await server.writeKubeconfig(kubeconfig);
    stdout.write(greeting(server.url, kubeconfig, tls));
    await asked;
  } finally {
    signals.off("SIGINT", stop);
    signals.off("SIGTERM", stop);
    const text = server.kubeconfig();
    await server.close();
    await removeOwn(kubeconfig, text);
  }
}

/** Three lines to begin with. */
function greeting(url: string, path: string, tls: boolean): string {
  const quoted = /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
  const lines = tls
    ? [
        `kubectl --kubeconfig ${quoted} get namespaces`,
        `kubectl --kubeconfig ${quoted} api-resources`,
        `kubectl --kubeconfig ${quoted} apply --server-side -f your.yaml`,
      ]
    : [
        `# kubectl sends no credentials over plain HTTP; the token is in ${quoted}`,
        `TOKEN=$(sed -n 's/^ *token: "\\(.*\\)"$/\\1/p' ${quoted})`,
        `curl -H "Authorization: Bearer $TOKEN" ${url}/api/v1/namespaces`,
      ];
  return `Serving the Kubernetes API from memory at ${url}; end it with Ctrl-C.\n\n${lines.map((line) => `  ${line}`).join("\n")}\n\n`;
}

/** The credentials end with the server; a file that someone else has written meanwhile stays. */
async function removeOwn(path: string, text: string): Promise<void> {
  const found = await readFile(resolve(path), "utf8").catch(() => undefined);
  if (found === text) await rm(resolve(path), { force: true });
}

function logRequests(logger: Logger): Middleware {
  return (next) => async (request) => {
    const answer = await next(request);
    logger.info(`${request.method} ${request.path}`, { status: answer.status });
    return answer;
  };
}

function lineLogger(write: (line: string) => void, verbose: boolean, bound: LogFields = {}): Logger {
  const log = (level: string, message: string, fields: LogFields = {}): void => {
    write(`${level} ${message} ${JSON.stringify({ ...bound, ...fields }, showErrors(verbose))}\n`);
  };
  return {
    debug: (message, fields) => void (verbose && log("debug", message, fields)),
    info: (message, fields) => void (verbose && log("info", message, fields)),
    warn: (message, fields) => log("warn", message, fields),
    error: (message, fields) => log("error", message, fields),
    with: (fields) => lineLogger(write, verbose, { ...bound, ...fields }),
  };
}

function showErrors(verbose: boolean): (key: string, value: unknown) => unknown {
  return (_key, value) => (value instanceof Error ? (verbose ? value.stack : value.message) : value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
