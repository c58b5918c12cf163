import type { KubernetesObject } from "@operatorkit/object";
import { checkOptions } from "@operatorkit/observe/options";
import type { ConditionInput, StatusOf } from "./reconcile-result.ts";

export interface ReconcileErrorOptions<T extends KubernetesObject = KubernetesObject> extends ErrorOptions {
  /** Written to the object's status although the reconcile failed. */
  readonly status?: StatusOf<T>;
  /** Written to the object's status although the reconcile failed. */
  readonly conditions?: readonly ConditionInput[];
}

/** A reconcile failed, and the object's status shall say so. It is tried again like after any other error. */
export class ReconcileError extends Error {
  readonly code: "Reconcile" | "Terminal" = "Reconcile";
  readonly status: object | undefined;
  readonly conditions: readonly ConditionInput[] | undefined;

  constructor(message: string, given: ReconcileErrorOptions = {}) {
    // What its options say is looked at when it is written, so that a mistake in them does not hide what failed.
    checkOptions(new.target.name, given, {});
    const { status, conditions, ...options } = given;
    super(message, options);
    this.name = "ReconcileError";
    this.status = status;
    this.conditions = conditions;
  }
}

/** A reconcile failed and trying again will not help: the object is left alone until something about it changes. */
export class TerminalError extends ReconcileError {
  override readonly code = "Terminal" as const;

  constructor(message: string, options?: ReconcileErrorOptions) {
    super(message, options);
    this.name = "TerminalError";
  }
}

/** True for a `ReconcileError` or `TerminalError` of whichever copy of this package. */
export function isReconcileError(error: unknown): error is ReconcileError {
  return error instanceof Error && (error.name === "ReconcileError" || error.name === "TerminalError");
}

export function isTerminal(error: unknown): boolean {
  return isReconcileError(error) && error.code === "Terminal";
}
