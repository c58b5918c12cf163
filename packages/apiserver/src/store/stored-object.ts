import type { JsonObject } from "../json-object.ts";

/** One version of one object. Never changed once stored; `object.metadata.resourceVersion` is `version`. */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly object: JsonObject;
}
