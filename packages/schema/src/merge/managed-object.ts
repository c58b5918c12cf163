import { setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { entryOf, isMap } from "./shape.ts";
import type { JsonMap } from "./shape.ts";
import { writeManagers } from "./managers.ts";
import type { Managers } from "./managers.ts";

/** What `metadata.managedFields` holds, whatever that is. */
export function managedFieldsIn(object: Json): Json | undefined {
  const metadata = metadataOf(object);
  return entryOf(metadata, "managedFields");
}

export function metadataOf(object: Json): JsonMap {
  const metadata = isMap(object) ? entryOf(object, "metadata") : undefined;
  return isMap(metadata) ? metadata : {};
}

export function withoutManagedFields(object: Json): Json {
  return managedFieldsIn(object) === undefined ? object : withMetadata(object, undefined);
}

export function withManagers(object: Json, managers: Managers): Json {
  // Entries are plain JSON.
  return withMetadata(object, writeManagers(managers) as Json | undefined);
}

function withMetadata(object: Json, managedFields: Json | undefined): Json {
  const { managedFields: _, ...metadata } = metadataOf(object);
  if (managedFields !== undefined) setOwn(metadata, "managedFields", managedFields);
  return { ...(isMap(object) ? object : {}), metadata };
}
