import type { Logger } from "operatorkit";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Writes each message with its fields as JSON behind it; of errors among them, what they say. */
export function lineLogger(write: (level: LogLevel, line: string) => void, bound: Readonly<Record<string, unknown>> = {}): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      const shown = JSON.stringify({ ...bound, ...fields }, (_key, value: unknown) => (value instanceof Error ? value.message : value));
      write(level, `${message} ${shown}`);
    };
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    with: (fields) => lineLogger(write, { ...bound, ...fields }),
  };
}
