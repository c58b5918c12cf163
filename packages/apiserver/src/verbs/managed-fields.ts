import type { JsonObject } from "../json-object.ts";
import type { ResourceRequest } from "../resource-request.ts";

/** Who writes, and through which path. */
export interface Writer {
  readonly manager: string;
  /** `""` for the main path. */
  readonly subresource: string;
}

/** The object with `managedFields` that say who set what changed since `before`. */
export function tracked(_request: ResourceRequest, _before: JsonObject | undefined, after: JsonObject, _writer: Writer): JsonObject {
  return after;
}
