import { plainLogger, silentLogger } from "operatorkit";
import type { App } from "./app.ts";
import { helpText, parseAppOptions } from "./app-options.ts";
import { runApp } from "./run-app.ts";

/** Makes the process this app's command: arguments, signals, output, exit code. */
export async function main(app: App, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const { stdout, stderr } = process;
  const verbose = args.includes("--verbose");
  const stopping = new AbortController();
  // A terminal's Ctrl-C arrives twice (from the terminal and from npm): the second one must not cut the first one short.
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  try {
    const options = parseAppOptions(args, app, process.env);
    if (options.help) {
      stdout.write(helpText(app));
      return;
    }
    await runApp(app, options, {
      signal: stopping.signal,
      logger: verbose ? plainLogger({ level: "debug", write: (line) => void stderr.write(line) }) : silentLogger,
      print: (line) => void stdout.write(`${line}\n`),
      screen: stdout.isTTY && !verbose ? stdout : undefined,
    });
  } catch (error) {
    if (stopping.signal.aborted && error === stopping.signal.reason) return;
    stderr.write(`${app.name}: ${verbose && error instanceof Error ? error.stack : sentence(error)}\n`);
    process.exitCode = 1;
  }
}

/** One sentence: what, where, what to do. Errors of ours carry one; others say what they are. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? error.message : `${error.name}: ${error.message} (run it with --verbose for more)`;
}
