import type { ObjectKey } from "@operatorkit/object";

/** Takes the errors of a controller somewhere, such as Sentry. One belongs to one controller: there is no global state. */
export interface ErrorTracker {
  /** A turn failed, or, without an `object`, the boot. What this throws is logged. */
  capture(error: unknown, about: { readonly controller: string; readonly object: ObjectKey | undefined }): void;
  /** Called when the controller has ended, and waited for, at most 2 s. */
  flush?(): Promise<void> | void;
}
