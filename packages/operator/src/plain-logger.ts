import type { LogFields, Logger } from "@operatorkit/observe";
import { aFunction, checkOptions, oneOf } from "@operatorkit/observe/options";

export interface PlainLoggerOptions {
  /** Takes each line. @default standard output */
  readonly write?: (line: string) => void;
  /** @default "info" */
  readonly level?: "debug" | "info" | "warn" | "error";
  /** @default Date.now */
  readonly now?: () => number;
}

/** A logger for people: `12:00:01 info  started controller=memcached`. Errors come with their stack. */
export function plainLogger(options: PlainLoggerOptions = {}): Logger {
  checkOptions("plainLogger", options, { write: aFunction, level: oneOf(...LEVELS), now: aFunction });
  const { write = toStdout, level = "info", now = Date.now } = options;
  return adapted({ write, least: LEVELS.indexOf(level), now }, {});
}

const LEVELS: readonly string[] = ["debug", "info", "warn", "error"];

interface Sink {
  readonly write: (line: string) => void;
  readonly least: number;
  readonly now: () => number;
}

function adapted(sink: Sink, carried: LogFields): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) < sink.least) return;
      const time = new Date(sink.now()).toTimeString().slice(0, 8);
      sink.write(`${time} ${level.padEnd(5)} ${message}${shown({ ...carried, ...fields })}\n`);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => adapted(sink, { ...carried, ...fields }),
  };
}

function shown(fields: LogFields): string {
  const { error, ...others } = fields;
  const pairs = Object.entries(others).map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return (
    pairs.join("") +
    (error === undefined ? "" : `\n  ${(error instanceof Error ? chain(error) : JSON.stringify(error)).replaceAll("\n", "\n  ")}`)
  );
}

function chain(error: Error): string {
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${stack}\ncaused by ${chain(error.cause)}` : stack;
}

function toStdout(line: string): void {
  process.stdout.write(line);
}
