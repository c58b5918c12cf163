/** `BadRequest` is 400 on the API server; `Unprocessable` 422 with the generic message; `InvalidType` 500 without a reason. */
export type MergeErrorCode = "BadRequest" | "Unprocessable" | "InvalidType";

/** An object or configuration that cannot be merged; the message is the API server's. */
export class MergeError extends Error {
  override readonly name: string = "MergeError";
  readonly code: MergeErrorCode;

  constructor(message: string, code: MergeErrorCode) {
    super(message);
    this.code = code;
  }
}
