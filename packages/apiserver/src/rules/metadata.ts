import { dns1123SubdomainProblems, finalizerProblems, labelValueProblems, qualifiedNameProblems } from "@operatorkit/object";
import { duplicate, forbidden, invalid, required, type FieldProblem } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";

/**
 * What is wrong with an object's metadata on its own.
 * Source: apimachinery `api/validation/objectmeta.go` (ValidateObjectMeta).
 */
export function metadataProblems(
  object: JsonObject,
  namespaced: boolean,
  nameProblems: (name: string) => readonly string[] = dns1123SubdomainProblems,
): readonly FieldProblem[] {
  const metadata = objectAt(object, "metadata");
  const name = stringAt(metadata, "name");
  const problems: FieldProblem[] = [];
  const generateName = stringAt(metadata, "generateName");
  if (generateName !== "") {
    for (const detail of nameProblems(generateName.replace(/[-.]$/, "a")))
      problems.push(invalid("metadata.generateName", generateName, detail));
  }
  if (name === "") problems.push(required("metadata.name", "name or generateName is required"));
  else for (const detail of nameProblems(name)) problems.push(invalid("metadata.name", name, detail));
  if (namespaced) {
    if (stringAt(metadata, "namespace") === "") problems.push(required("metadata.namespace", ""));
  } else if (stringAt(metadata, "namespace") !== "") problems.push(forbidden("metadata.namespace", "not allowed on this type"));
  const generation = metadata["generation"];
  if (typeof generation === "number" && generation < 0) {
    problems.push(invalid("metadata.generation", generation, "must be greater than or equal to 0"));
  }
  problems.push(...labelProblems(objectAt(metadata, "labels")), ...annotationProblems(objectAt(metadata, "annotations")));
  problems.push(...ownerProblems(listAt(metadata, "ownerReferences")), ...finalizerListProblems(listAt(metadata, "finalizers")));
  return problems;
}

/** Labels wherever they appear. */
export function labelProblems(labels: JsonObject, field = "metadata.labels"): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [key, value] of Object.entries(labels)) {
    for (const detail of qualifiedNameProblems(key)) problems.push(invalid(field, key, detail));
    for (const detail of labelValueProblems(String(value))) problems.push(invalid(field, value, detail));
  }
  return problems;
}

const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Annotations wherever they appear. */
export function annotationProblems(annotations: JsonObject, field = "metadata.annotations"): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const detail of qualifiedNameProblems(key.toLowerCase())) problems.push(invalid(field, key, detail));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    problems.push({
      reason: "FieldValueTooLong",
      field,
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    });
  }
  return problems;
}

function ownerProblems(owners: readonly unknown[]): readonly FieldProblem[] {
  const field = "metadata.ownerReferences";
  const problems: FieldProblem[] = [];
  let controller: string | undefined;
  for (const owner of owners) {
    if (!isObject(owner)) continue;
    const [apiVersion, kind, name, uid] = [
      stringAt(owner, "apiVersion"),
      stringAt(owner, "kind"),
      stringAt(owner, "name"),
      stringAt(owner, "uid"),
    ];
    const version = apiVersion.includes("/") ? apiVersion.slice(apiVersion.indexOf("/") + 1) : apiVersion;
    if (version === "") problems.push(invalid(`${field}.apiVersion`, apiVersion, "version must not be empty"));
    if (kind === "") problems.push(invalid(`${field}.kind`, kind, "must not be empty"));
    if (name === "") problems.push(invalid(`${field}.name`, name, "must not be empty"));
    if (uid === "") problems.push(invalid(`${field}.uid`, uid, "must not be empty"));
    if (apiVersion === "v1" && kind === "Event") problems.push(invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner"));
    if (owner["controller"] !== true) continue;
    if (controller !== undefined) {
      problems.push(
        invalid(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
    } else controller = name;
  }
  return problems;
}

function finalizerListProblems(finalizers: readonly unknown[]): readonly FieldProblem[] {
  const field = "metadata.finalizers";
  const problems: FieldProblem[] = [];
  for (const [index, name] of finalizers.entries()) {
    for (const detail of finalizerProblems(String(name))) problems.push(invalid(`${field}[${index}]`, name, detail));
  }
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    problems.push(invalid(field, finalizers, 'finalizer "orphan" and "foregroundDeletion" cannot be both set'));
  }
  const seen = new Set<unknown>();
  for (const [index, name] of finalizers.entries()) {
    if (seen.has(name)) problems.push(duplicate(`${field}[${index}]`, name));
    seen.add(name);
  }
  return problems;
}

/**
 * What an update may not change in metadata.
 * Source: apimachinery `api/validation/objectmeta.go` (ValidateObjectMetaAccessorUpdate).
 */
export function metadataUpdateProblems(object: JsonObject, before: JsonObject): readonly FieldProblem[] {
  const metadata = objectAt(object, "metadata");
  const old = objectAt(before, "metadata");
  const problems: FieldProblem[] = [];
  if (old["deletionTimestamp"] !== undefined) {
    const known = listAt(old, "finalizers");
    const added = listAt(metadata, "finalizers").filter((name) => !known.includes(name));
    if (added.length > 0) {
      problems.push(
        forbidden(
          "metadata.finalizers",
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(", ")}}`,
        ),
      );
    }
  }
  for (const key of ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const) {
    if (metadata[key] !== old[key]) problems.push(invalid(`metadata.${key}`, metadata[key] ?? null, "field is immutable"));
  }
  const generation = metadata["generation"];
  if (typeof generation === "number" && typeof old["generation"] === "number" && generation < old["generation"]) {
    problems.push(invalid("metadata.generation", generation, "must not be decremented"));
  }
  return problems;
}

const MAY_BE_LEFT_OUT = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

/** Metadata of an update with what the sender may leave out taken from the stored object. Source: apiserver `registry/rest/update.go`. */
export function completedMetadata(metadata: JsonObject, old: JsonObject): JsonObject {
  const completed = { ...metadata };
  for (const key of MAY_BE_LEFT_OUT) if (completed[key] === undefined && old[key] !== undefined) completed[key] = old[key];
  // The server alone counts generations, and when an object was made is not for an update to say.
  if (old["creationTimestamp"] !== undefined) completed["creationTimestamp"] = old["creationTimestamp"];
  return completed;
}
