/** Trying again will not help: policies that look at the error, and `retry`, give up on it. The reason is its `cause`. */
export class PermanentError extends Error {
  readonly code = "Permanent" as const;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PermanentError";
  }
}

/** True for a `PermanentError` of whichever copy of this package. */
export function isPermanent(error: unknown): boolean {
  return error instanceof Error && error.name === "PermanentError" && (error as { code?: unknown }).code === "Permanent";
}
