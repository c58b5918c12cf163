import type { Logger } from "operatorkit";

/** Log lines on stderr, with their fields as JSON. */
export function stderrLogger(bound: Readonly<Record<string, unknown>> = {}): Logger {
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
