import { isConflict } from "./api-error.ts";
import type { ApiError } from "./api-error.ts";

/** One field that was applied, and belongs to somebody else. */
export interface FieldConflict {
  /** As the server writes paths: `.spec.replicas`, `.spec.template.spec.containers[name="web"].image`. */
  readonly field: string;
  /** Who owns it. Empty when the server did not say so in the words known. */
  readonly manager: string;
  /** Written through this part of the object. */
  readonly subresource?: string;
  /** The version it was written in; only of owners that updated rather than applied, as is `at`. */
  readonly apiVersion?: string;
  readonly at?: string;
}

/** Source: apimachinery `util/managedfields/internal/conflict.go`. */
const OWNER =
  /^conflict with "(?<manager>(?:[^"\\]|\\.)*)"(?: with subresource "(?<subresource>[^"]*)")?(?: using (?<apiVersion>\S+)(?: at (?<at>\S+))?)?$/;

/**
 * The fields that an apply without `force` was refused for, and their owners; none for any other error. A conflict of
 * `resourceVersion`s, which is another kind of Conflict, has none either.
 */
export function conflictsOf(error: unknown): FieldConflict[] {
  if (!isConflict(error)) return [];
  // isConflict lets only ApiErrors through.
  const { causes } = error as ApiError;
  return causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ field = "", message = "" }) => {
      const { manager = "", subresource, apiVersion, at } = OWNER.exec(message)?.groups ?? {};
      return {
        field,
        manager: manager.replace(/\\(.)/g, "$1"),
        ...(subresource === undefined ? {} : { subresource }),
        ...(apiVersion === undefined ? {} : { apiVersion }),
        ...(at === undefined ? {} : { at }),
      };
    });
}
