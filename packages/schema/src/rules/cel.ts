import { createRequire } from "node:module";

export type Cel = typeof import("@marcbachmann/cel-js");
export type CelEnvironment = InstanceType<Cel["Environment"]>;

let loaded: Cel | undefined;

/** The CEL library, loaded when the first schema with rules appears and without waiting: most schemas have none. */
export function cel(): Cel {
  loaded ??= createRequire(import.meta.url)("@marcbachmann/cel-js") as Cel;
  return loaded;
}

/** Adds functions to an environment. */
export type Library = (environment: CelEnvironment, library: Cel) => void;

/** A list as functions get it: lists that are sets are JavaScript's. */
export type CelList = readonly unknown[] | ReadonlySet<unknown>;

/** Fails an evaluation with a message of the real server's. */
export function failed(message: string): Error {
  const { EvaluationError } = cel();
  return new EvaluationError({ code: "function_failed", message });
}
