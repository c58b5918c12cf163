import { dns1035LabelProblems, dns1123SubdomainProblems } from "@operatorkit/object";
import { structuralSchemaProblems } from "@operatorkit/schema";
import { ruleProblems } from "@operatorkit/schema/rules";
import { type FieldProblem, invalid, notSupported, required } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import { timestamp } from "../rules/deletion.ts";
import { withCondition } from "./crd-conditions.ts";

/** Where CRDs are stored. */
export const CRDS = "customresourcedefinitions.apiextensions.k8s.io";

/** Held by the server itself until a CRD's objects are gone. */
export const FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

/** Source: apiextensions-apiserver `pkg/registry/customresourcedefinition/strategy.go`. */
export function prepareCrd(crd: JsonObject): void {
  const storage = storageVersionOf(crd);
  crd["status"] = { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: storage === undefined ? null : [storage] };
}

/** A version that becomes the storage one is remembered: objects are stored in it from now on. */
export function prepareCrdUpdate(crd: JsonObject, before: JsonObject): void {
  const storage = storageVersionOf(crd);
  const status = objectAt(crd, "status");
  const stored = listAt(status, "storedVersions");
  if (storage !== undefined && !stored.includes(storage)) crd["status"] = { ...status, storedVersions: [...stored, storage] };
  if (before["status"] === undefined) prepareCrd(crd);
}

export function markCrdTerminating(crd: JsonObject, nowMs: number): void {
  const metadata = crd["metadata"] as JsonObject;
  const finalizers = listAt(metadata, "finalizers");
  if (!finalizers.includes(FINALIZER)) metadata["finalizers"] = [...finalizers, FINALIZER];
  crd["status"] = withCondition(objectAt(crd, "status"), {
    type: "Terminating",
    status: "True",
    lastTransitionTime: timestamp(nowMs),
    reason: "InstanceDeletionPending",
    message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
  });
}

function storageVersionOf(crd: JsonObject): string | undefined {
  const version = listAt(crd["spec"], "versions").find((candidate) => isObject(candidate) && candidate["storage"] === true);
  return version === undefined ? undefined : stringAt(version, "name");
}

/**
 * What is wrong with a CRD in its v1 form. Through v1beta1 more is allowed: no schema, one that is not structural, unknown fields kept.
 * What was allowed once stays so. Source: apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`.
 */
export function crdProblems(crd: JsonObject, before: JsonObject | undefined, through: "v1" | "v1beta1" = "v1"): readonly FieldProblem[] {
  const spec = objectAt(crd, "spec");
  const names = objectAt(spec, "names");
  const group = stringAt(spec, "group");
  const problems: FieldProblem[] = [];
  const name = stringAt(crd["metadata"], "name");
  if (name !== `${stringAt(names, "plural")}.${group}`) {
    problems.push(invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group'));
  }
  for (const detail of dns1123SubdomainProblems(group)) problems.push(invalid("spec.group", group, detail));
  if (group !== "" && !group.includes(".")) problems.push(invalid("spec.group", group, "should be a domain with at least one dot"));
  const scope = stringAt(spec, "scope");
  if (scope !== "Cluster" && scope !== "Namespaced") {
    problems.push(scope === "" ? required("spec.scope", "") : notSupported("spec.scope", scope, ["Cluster", "Namespaced"]));
  }
  problems.push(
    ...versionProblems(spec, schemaDemands(spec, before, through)),
    ...(through === "v1" ? unknownFieldsProblems(spec, before) : []),
    ...namesProblems(names, "spec.names"),
    ...conversionProblems(spec),
    ...protectedGroupProblems(crd, group),
  );
  if (before !== undefined)
    problems.push(...storedVersionProblems(crd), ...immutableProblems(spec, objectAt(before, "spec"), objectAt(before, "status")));
  return problems;
}

interface SchemaDemands {
  /** Each version needs one. */
  readonly present: boolean;
  readonly structural: boolean;
}

function schemaDemands(spec: JsonObject, before: JsonObject | undefined, through: "v1" | "v1beta1"): SchemaDemands {
  const isPruned = spec["preserveUnknownFields"] !== true;
  const old = listAt(objectAt(before, "spec"), "versions").map((version) => objectAt(version, "schema")["openAPIV3Schema"]);
  return {
    present: isPruned || (through === "v1" && old.every(isObject)),
    structural: isPruned || (through === "v1" && old.every((schema) => isObject(schema) && structuralSchemaProblems(schema).length === 0)),
  };
}

function unknownFieldsProblems(spec: JsonObject, before: JsonObject | undefined): readonly FieldProblem[] {
  const field = "preserveUnknownFields";
  if (spec[field] !== true || objectAt(before, "spec")[field] === true) return [];
  const instead = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
  return [invalid(`spec.${field}`, true, instead)];
}

function versionProblems(spec: JsonObject, demands: SchemaDemands): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const versions = listAt(spec, "versions").filter(isObject);
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const field = `spec.versions[${index}]`;
    const name = stringAt(version, "name");
    for (const detail of dns1035LabelProblems(name)) problems.push(invalid(`${field}.name`, name, detail));
    if (seen.has(name)) problems.push(invalid("spec.versions", name, "must contain unique version names"));
    seen.add(name);
    const schema = objectAt(version, "schema")["openAPIV3Schema"];
    if (!isObject(schema)) {
      if (demands.present) problems.push(required(`${field}.schema.openAPIV3Schema`, ""));
    } else if (demands.structural) {
      // A single version's schema is told as the one of the whole CRD, where it lived in v1beta1.
      const path = versions.length === 1 ? "spec.validation.openAPIV3Schema" : `${field}.schema.openAPIV3Schema`;
      const found = structuralSchemaProblems(schema, { path });
      problems.push(...(found.length > 0 ? found : ruleProblems(schema, { path })));
    }
    problems.push(...columnProblems(version, field));
  }
  const storage = versions.filter((version) => version["storage"] === true).length;
  if (storage !== 1) problems.push(invalid("spec.versions", versions, "must have exactly one version marked as storage version"));
  return problems;
}

/** Objects may be stored in these versions, which must therefore be known. */
function storedVersionProblems(crd: JsonObject): readonly FieldProblem[] {
  const known = new Set(listAt(crd["spec"], "versions").map((version) => stringAt(version, "name")));
  return listAt(crd["status"], "storedVersions").flatMap((version, index) => {
    if (typeof version !== "string" || known.has(version)) return [];
    const why =
      `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ` +
      `ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
    return [invalid(`status.storedVersions[${index}]`, version, why)];
  });
}

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];

function columnProblems(version: JsonObject, field: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [index, column] of listAt(version, "additionalPrinterColumns").entries()) {
    const path = `${field}.additionalPrinterColumns[${index}]`;
    if (stringAt(column, "name") === "") problems.push(required(`${path}.name`, ""));
    const type = stringAt(column, "type");
    if (type === "") problems.push(required(`${path}.type`, `must be one of ${COLUMN_TYPES.join(",")}`));
    else if (!COLUMN_TYPES.includes(type)) problems.push(invalid(`${path}.type`, type, `must be one of ${COLUMN_TYPES.join(",")}`));
    if (stringAt(column, "jsonPath") === "") problems.push(required(`${path}.jsonPath`, ""));
  }
  return problems;
}

function namesProblems(names: JsonObject, field: string): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const check = (key: string, value: string): void => {
    for (const detail of dns1035LabelProblems(value)) problems.push(invalid(`${field}.${key}`, value, detail));
  };
  check("plural", stringAt(names, "plural"));
  check("singular", stringAt(names, "singular"));
  check("kind", stringAt(names, "kind").toLowerCase());
  check("listKind", stringAt(names, "listKind").toLowerCase());
  listAt(names, "shortNames").forEach((name, index) => check(`shortNames[${index}]`, String(name)));
  listAt(names, "categories").forEach((name, index) => check(`categories[${index}]`, String(name)));
  if (stringAt(names, "kind") !== "" && names["kind"] === names["listKind"]) {
    problems.push(invalid(`${field}.listKind`, names["listKind"], "kind and listKind may not be the same"));
  }
  return problems;
}

function conversionProblems(spec: JsonObject): readonly FieldProblem[] {
  const strategy = objectAt(spec, "conversion")["strategy"];
  return strategy === "None" ? [] : [notSupported("spec.conversion.strategy", strategy, ["None"])];
}

/** Source: KEP-2337. */
function protectedGroupProblems(crd: JsonObject, group: string): readonly FieldProblem[] {
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return [];
  const approval = objectAt(crd["metadata"], "annotations")["api-approved.kubernetes.io"];
  const field = "metadata.annotations[api-approved.kubernetes.io]";
  if (approval === undefined) {
    return [
      required(
        field,
        'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ),
    ];
  }
  const text = String(approval);
  if (text.startsWith("unapproved") || /^https?:\/\/.+/.test(text)) return [];
  return [
    invalid(
      field,
      text,
      'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111',
    ),
  ];
}

function immutableProblems(spec: JsonObject, old: JsonObject, oldStatus: JsonObject): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const isEstablished = listAt(oldStatus, "conditions").some(
    (condition) => stringAt(condition, "type") === "Established" && stringAt(condition, "status") === "True",
  );
  if (spec["group"] !== old["group"]) problems.push(invalid("spec.group", spec["group"], "field is immutable"));
  const [names, oldNames] = [objectAt(spec, "names"), objectAt(old, "names")];
  if (names["plural"] !== oldNames["plural"]) problems.push(invalid("spec.names.plural", names["plural"], "field is immutable"));
  if (!isEstablished) return problems;
  if (spec["scope"] !== old["scope"]) problems.push(invalid("spec.scope", spec["scope"], "field is immutable"));
  if (names["kind"] !== oldNames["kind"]) problems.push(invalid("spec.names.kind", names["kind"], "field is immutable"));
  return problems;
}
