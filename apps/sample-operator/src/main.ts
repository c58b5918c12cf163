import { silentLogger, type Logger } from "operatorkit";
import { HELP, UsageError, parseOptions } from "./options.ts";
import { run } from "./run.ts";
import { StepError } from "./timeline.ts";

/** Log lines on stderr, with their fields as JSON. */
function stderrLogger(bound: Readonly<Record<string, unknown>> = {}): Logger {
  const log =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      process.stderr.write(
        `${new Date().toISOString()} ${level} ${message} ${JSON.stringify({ ...bound, ...fields }, (_key, value: unknown) => (value instanceof Error ? value.message : value))}\n`,
      );
    };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    with: (fields) => stderrLogger({ ...bound, ...fields }),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const verbose = args.includes("--verbose");
  const stopping = new AbortController();
  // A terminal's Ctrl-C arrives twice (from the terminal and from npm): the second one must not cut the first one short.
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(HELP);
    else await run(options, { stdout: process.stdout, logger: verbose ? stderrLogger() : silentLogger, signal: stopping.signal });
    return 0;
  } catch (error) {
    process.stderr.write(`sample-operator: ${verbose && error instanceof Error ? error.stack : sentence(error)}\n`);
    return 1;
  }
}

/** One sentence: what, where, what to do. Errors of the libraries carry one; others say what they are. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error instanceof UsageError || error instanceof StepError || "code" in error;
  return known ? error.message : `${error.name}: ${error.message} (run it with --verbose for more)`;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
