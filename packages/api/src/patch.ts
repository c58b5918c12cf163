import type { Json } from "@operatorkit/object";

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

/** A change to an object, told apart by `type`. */
export type Patch =
  | { readonly type: "json"; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7386: `null` removes a field, arrays are replaced whole. */
  | { readonly type: "merge"; readonly body: object }
  /** Built-in kinds only: lists are merged by their keys. */
  | { readonly type: "strategic"; readonly body: object };
