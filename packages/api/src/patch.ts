import type { JsonPatchOperation } from "@operatorkit/object";

export type { JsonPatchOperation };

/** A change to an object, told apart by `type`. */
export type Patch =
  | { readonly type: "json"; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7386: `null` removes a field, arrays are replaced whole. */
  | { readonly type: "merge"; readonly body: object }
  /** Built-in kinds only: lists are merged by their keys. */
  | { readonly type: "strategic"; readonly body: object };
