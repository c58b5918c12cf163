import { FieldSet, setOwn } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { compare } from "./comparison.ts";
import type { Conflict } from "./conflicts.ts";
import { fieldsOf } from "./fields-of.ts";
import { metadataOf } from "./managed-object.ts";
import type { MergeType } from "./merge-type.ts";
import { entryOf, isMap } from "./shape.ts";
import { typeErrors } from "./type-errors.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The conflicts of an apply by `kubectl` that are not with itself: fields that still have the value of the last client-side apply are
 * its own, whoever the entries name. Source: apimachinery `managedfields/internal/lastappliedmanager.go`.
 */
export function conflictsBeyondLastApplied(
  type: MergeType,
  live: Json,
  apiVersion: string,
  conflicts: readonly Conflict[],
): readonly Conflict[] {
  const own = lastAppliedFields(type, live, apiVersion);
  return conflicts.filter(({ path }) => !own.has(path));
}

function lastAppliedFields(type: MergeType, live: Json, apiVersion: string): FieldSet {
  const lastApplied = parse(annotationOf(live));
  if (!isMap(lastApplied) || entryOf(lastApplied, "apiVersion") !== apiVersion) return FieldSet.empty;
  if (typeErrors(type, lastApplied, false).length > 0 || typeErrors(type, live, false).length > 0) return FieldSet.empty;
  const { added, modified, removed } = compare(type, lastApplied, live);
  return fieldsOf(type, lastApplied).difference(modified).difference(added).difference(removed);
}

/**
 * `object` with the annotation brought up to date, if it has one: client-side apply can go on from here.
 * Source: apimachinery `managedfields/internal/lastappliedupdater.go`.
 */
export function withLastApplied(object: Json, config: Json): Json {
  if (!isMap(object) || !annotationOf(object)) return object;
  const metadata = metadataOf(object);
  const annotations = { ...(metadata["annotations"] as object), [ANNOTATION]: `${goJson(withoutAnnotation(config))}\n` };
  return { ...object, metadata: { ...metadata, annotations } };
}

function annotationOf(object: Json): string | undefined {
  const annotations = entryOf(metadataOf(object), "annotations");
  const text = isMap(annotations) ? entryOf(annotations, ANNOTATION) : undefined;
  return typeof text === "string" ? text : undefined;
}

function withoutAnnotation(config: Json): Json {
  const metadata = metadataOf(config);
  const annotations = entryOf(metadata, "annotations");
  if (!isMap(config) || !isMap(annotations)) return config;
  const { [ANNOTATION]: _, ...others } = annotations;
  return { ...config, metadata: { ...metadata, annotations: others } };
}

function parse(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined; // Somebody wrote something else into the annotation: it says nothing about ownership then.
  }
}

/** JSON as Go writes it: keys sorted, characters that matter in HTML escaped. */
function goJson(value: Json): string {
  const text = JSON.stringify(value, (_key, part: Json) => (isMap(part) ? sorted(part) : part));
  return text.replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function sorted(map: { readonly [key: string]: Json }): Json {
  const result: Record<string, Json> = {};
  for (const key of Object.keys(map).toSorted()) setOwn(result, key, map[key]);
  return result;
}
