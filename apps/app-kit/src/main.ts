import { silentLogger, type Logger } from "operatorkit";
import type { App } from "./app.ts";
import { HELP_OPTIONS, parseAppOptions, UsageError } from "./app-options.ts";
import { runApp } from "./run-app.ts";

/** Makes the process this app's command: arguments, signals, output, exit code. */
export async function main(app: App, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const verbose = args.includes("--verbose");
  const stopping = new AbortController();
  // A terminal's Ctrl-C arrives twice (from the terminal and from pnpm): the second one must not cut the first one short.
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    const { kubeconfigVariable } = app;
    const options = parseAppOptions(args, { env: process.env, kubeconfigVariable });
    if (options.help) print(`${app.name}: ${app.summary}\n\n${HELP_OPTIONS}`);
    else await runApp(app, options, { signal: stopping.signal, logger: verbose ? stderrLogger() : silentLogger, print });
  } catch (error) {
    if (!stopping.signal.aborted || error !== stopping.signal.reason) {
      process.stderr.write(`${app.name}: ${verbose && error instanceof Error ? error.stack : sentence(error)}\n`);
      process.exitCode = 1;
    }
  }
}

/** One sentence: what, where, what to do. Errors of the libraries carry one; others say what they are. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error instanceof UsageError || "code" in error;
  return known ? error.message : `${error.name}: ${error.message} (run it with --verbose for more)`;
}

/** Log lines on stderr, with their fields as JSON. */
function stderrLogger(bound: Readonly<Record<string, unknown>> = {}): Logger {
  const log =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      const shown = JSON.stringify({ ...bound, ...fields }, (_key, value: unknown) => (value instanceof Error ? value.message : value));
      process.stderr.write(`${new Date().toISOString()} ${level} ${message} ${shown}\n`);
    };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    with: (fields) => stderrLogger({ ...bound, ...fields }),
  };
}
