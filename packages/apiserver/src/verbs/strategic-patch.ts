import { mergePatch } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import type { JsonObject } from "../json-object.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";

export function strategicPatch(_descriptor: ResourceDescriptor, before: JsonObject, patch: JsonObject): unknown {
  return mergePatch(before as Json, patch as Json);
}
