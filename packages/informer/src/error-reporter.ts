import type { ObjectKey } from "@operatorkit/object";
import type { Logger } from "@operatorkit/observe";

/** Where an error that `onError` is told of came from. */
export interface InformerErrorContext {
  /** `watch`: a request failed and will be tried again. The others: your function threw or rejected. */
  readonly during: "watch" | "handler" | "listener" | "index" | "transform" | "decode";
  readonly key?: ObjectKey;
}

/** `what` is the log line where there is no `onError`. */
export type ErrorReporter = (error: unknown, context: InformerErrorContext, what: string) => void;

export interface ErrorReporterOptions {
  readonly onError: ((error: unknown, context: InformerErrorContext) => void) | undefined;
  readonly logger: Logger;
}

/** Tells `onError`, or the log. It never throws: a broken reporter must not stop what it reports on. */
export function errorReporter({ onError, logger }: ErrorReporterOptions): ErrorReporter {
  return (error, context, what) => {
    try {
      if (onError !== undefined) onError(error, context);
      else logger.warn(what, { error, ...context });
    } catch (thrown) {
      logger.error("onError failed", { error: thrown });
    }
  };
}
