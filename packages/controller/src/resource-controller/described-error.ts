import { checkOptions, must, required } from "@operatorkit/observe/options";

export interface DescribedErrorOptions extends ErrorOptions {
  /** One CamelCase word: the reason of the event. */
  readonly kind: string;
  /** For people: the message of the event. */
  readonly description: string;
  /** Where to read on. */
  readonly docs?: string;
}

/**
 * An error that the people who look at the object shall see: a pass that fails with it, or with an error caused by it, makes a Warning
 * event with `kind` and `description`. The error's own message, which may say more than they should read, goes to the log.
 */
export class DescribedError extends Error {
  readonly code = "Described" as const;
  readonly kind: string;
  readonly description: string;
  readonly docs: string | undefined;

  /** @throws {TypeError} naming the option that cannot work. */
  constructor(message: string, given: DescribedErrorOptions) {
    checkOptions("DescribedError", given, { kind: required(text), description: required(text), docs: text });
    const { kind, description, docs, ...options } = given;
    super(message, options);
    this.name = "DescribedError";
    this.kind = kind;
    this.description = description;
    this.docs = docs;
  }
}

/** The `DescribedError` that `error` is, or was caused by; of whichever copy of this package. */
export function describedIn(error: unknown): DescribedError | undefined {
  let at = error;
  // Causes may be a ring.
  for (let depth = 0; depth < MOST_CAUSES && at instanceof Error; depth += 1) {
    if (at.name === "DescribedError" && (at as { code?: unknown }).code === "Described") return at as DescribedError;
    at = at.cause;
  }
  return undefined;
}

/** An empty one is that of an error which makes no event. */
const text = must("be a string", (value) => typeof value === "string");

const MOST_CAUSES = 100;
