import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { managedFieldsIn, metadataOf, withoutManagedFields } from "./managed-object.ts";
import { isMap } from "./shape.ts";
import type { JsonMap } from "./shape.ts";

/**
 * `live` when `object` differs from it in nothing but times of `managedFields`, else `object`. Call it last, after defaulting, so that
 * an apply or update that changes nothing does not write.
 *
 * Source: apiserver `endpoints/handlers/fieldmanager/equality.go`.
 */
export function liveIfOnlyTimesDiffer<T extends object>(object: T, live: T): T {
  // Objects are plain JSON.
  const after = object as unknown as Json;
  const before = live as unknown as Json;
  const entries = managedFieldsIn(after);
  const liveEntries = managedFieldsIn(before);
  if (!Array.isArray(entries) || !Array.isArray(liveEntries) || entries.length !== liveEntries.length) return object;
  if (!sameJson(entries.map(withoutTime), liveEntries.map(withoutTime))) return object;
  return sameJson(comparable(after), comparable(before)) ? live : object;
}

function withoutTime(entry: Json): Json {
  if (!isMap(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

function comparable(object: Json): Json {
  return { ...(withoutManagedFields(object) as JsonMap), metadata: { ...metadataOf(object), managedFields: null } };
}
