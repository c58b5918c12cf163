import type { LogFields, Logger } from "@operatorkit/observe";
import { checkOptions, having, required } from "@operatorkit/observe/options";
import { loggedError } from "./logged-error.ts";

/** What is asked of pino, or of anything that takes fields before the message. */
export interface PinoLike {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): PinoLike;
}

/** A logger that writes by a pino of yours. An error is the field `error`, as JSON with its stack, `code` and causes; it needs no serializer. */
export function pinoLogger(to: PinoLike): Logger {
  checkOptions("pinoLogger", { to }, { to: required(having("a pino", ["debug", "info", "warn", "error", "child"])) });
  return {
    debug: (message, fields) => to.debug(written(fields), message),
    info: (message, fields) => to.info(written(fields), message),
    warn: (message, fields) => to.warn(written(fields), message),
    error: (message, fields) => to.error(written(fields), message),
    with: (fields) => pinoLogger(to.child(written(fields))),
  };
}

function written(fields: LogFields = {}): LogFields {
  return fields["error"] === undefined ? fields : { ...fields, error: loggedError(fields["error"]) };
}
