import type { Logger } from "@operatorkit/observe";

/** What is asked of pino, or of anything that takes fields before the message. */
export interface PinoLike {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): PinoLike;
}

/** A logger that writes by a pino of yours. Errors come in the field `error`: give it a serializer. */
export function pinoLogger(to: PinoLike): Logger {
  return {
    debug: (message, fields) => to.debug(fields ?? {}, message),
    info: (message, fields) => to.info(fields ?? {}, message),
    warn: (message, fields) => to.warn(fields ?? {}, message),
    error: (message, fields) => to.error(fields ?? {}, message),
    with: (fields) => pinoLogger(to.child(fields)),
  };
}
