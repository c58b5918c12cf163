/** Why an operator did not end well. */
export type OperatorErrorCode =
  /** A runnable rejected. */
  | "RunnableFailed"
  /** After a stop, something did not end in time. */
  | "StopTimeout";

/**
 * An operator that broke. `cause` is the first thing that went wrong; `errors` has everything that did, the first one first.
 */
export class OperatorError extends AggregateError {
  override readonly name = "OperatorError";
  readonly code: OperatorErrorCode;

  constructor(message: string, { code, errors }: { readonly code: OperatorErrorCode; readonly errors: readonly unknown[] }) {
    super(errors, message, errors.length === 0 ? undefined : { cause: errors[0] });
    this.code = code;
  }
}
