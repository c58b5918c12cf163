import { dns1123SubdomainProblems, sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import type { StructuralSchema } from "@operatorkit/schema";
import { type FieldProblem, invalid } from "../field-problem.ts";
import { type JsonObject, isObject, listAt, objectAt, stringAt, valueAt } from "../json-object.ts";
import type { ResourceDescriptor, ResourceRules, SelectableField, Subresource, Verb } from "../resource-descriptor.ts";
import { customColumns } from "../table/custom-columns.ts";
import { customProblems, decodeCustom, nullProblems, presenter } from "./crd-codec.ts";

const VERBS: readonly Verb[] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const ANYTHING: StructuralSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const PART_VERBS: readonly Verb[] = ["get", "patch", "update"];

/** One descriptor per version of an established CRD, served or not. */
export function crdDescriptors(crd: JsonObject): readonly ResourceDescriptor[] {
  const spec = objectAt(crd, "spec");
  const versions = listAt(spec, "versions").filter(isObject);
  const storageVersion = versions.find((version) => version["storage"] === true) ?? versions[0];
  return versions.map((version) => descriptorOf(crd, version, stringAt(storageVersion, "name")));
}

function descriptorOf(crd: JsonObject, version: JsonObject, storageVersion: string): ResourceDescriptor {
  const spec = objectAt(crd, "spec");
  const names = objectAt(objectAt(crd, "status"), "acceptedNames");
  const group = stringAt(spec, "group");
  const name = stringAt(version, "name");
  const apiVersion = `${group}/${name}`;
  const storedApiVersion = `${group}/${storageVersion}`;
  const given = objectAt(objectAt(version, "schema"), "openAPIV3Schema") as StructuralSchema;
  // Made through v1beta1: the schema is only checked, all fields are kept, and nothing is filled in.
  const schema = spec["preserveUnknownFields"] === true ? ANYTHING : given;
  const kind = stringAt(names, "kind");
  const subresources = subresourcesOf(version, { group, version: name, kind });
  const hasStatus = subresources.some((subresource) => subresource.name === "status");
  return {
    group,
    version: name,
    apiVersion,
    kind,
    plural: stringAt(names, "plural"),
    singular: stringAt(names, "singular"),
    listKind: stringAt(names, "listKind"),
    shortNames: listAt(names, "shortNames") as readonly string[],
    categories: listAt(names, "categories") as readonly string[],
    namespaced: spec["scope"] === "Namespaced",
    verbs: VERBS,
    subresources,
    origin: "custom",
    storage: stringAt(crd["metadata"], "name"),
    served: version["served"] === true,
    ...(version["deprecated"] === true && {
      deprecationWarning: stringAt(version, "deprecationWarning") || `${apiVersion} ${kind} is deprecated`,
    }),
    decode: (value) => decodeCustom(value, schema),
    schema: () => schema,
    columns: customColumns(version),
    selectableFields: selectableFieldsOf(version),
    rules: rulesOf(schema, given, subresources, hasStatus),
    fromStorage: presenter(apiVersion, schema),
    toStorage: (object) => (object["apiVersion"] === storedApiVersion ? object : { ...object, apiVersion: storedApiVersion }),
  };
}

function rulesOf(
  schema: StructuralSchema,
  checked: StructuralSchema,
  subresources: readonly Subresource[],
  hasStatus: boolean,
): ResourceRules {
  return {
    unconditionalUpdate: false,
    createOnUpdate: false,
    writtenElsewhere: hasStatus ? ["status"] : [],
    deleteAnswersObject: false,
    nameProblems: dns1123SubdomainProblems,
    generationChanges: (before, after) => contentChanges(before, after, hasStatus),
    mergedProblems: (object) => nullProblems(object, schema),
    validate: (object, before, { warn }) => [...customProblems(checked, object, before, warn), ...scaleProblems(object, subresources)],
  };
}

/** Source: apiextensions-apiserver `pkg/registry/customresource/strategy.go` (PrepareForUpdate). */
function contentChanges(before: JsonObject, after: JsonObject, hasStatus: boolean): boolean {
  return !sameJson(content(before, hasStatus) as Json, content(after, hasStatus) as Json);
}

function content(object: JsonObject, hasStatus: boolean): JsonObject {
  const { metadata: _metadata, apiVersion: _apiVersion, status, ...rest } = object;
  return hasStatus || status === undefined ? rest : { ...rest, status };
}

function subresourcesOf(version: JsonObject, body: { group: string; version: string; kind: string }): readonly Subresource[] {
  const declared = objectAt(version, "subresources");
  const subresources: Subresource[] = [];
  if (isObject(declared["status"])) {
    subresources.push({ name: "status", body, verbs: PART_VERBS, behaviour: { type: "part", fields: ["status"], metadata: "keep" } });
  }
  const scale = declared["scale"];
  if (isObject(scale)) {
    const selectorPath = stringAt(scale, "labelSelectorPath");
    subresources.push({
      name: "scale",
      body: { group: "autoscaling", version: "v1", kind: "Scale" },
      verbs: PART_VERBS,
      behaviour: {
        type: "scale",
        specReplicasPath: pathOf(stringAt(scale, "specReplicasPath")),
        statusReplicasPath: pathOf(stringAt(scale, "statusReplicasPath")),
        selector: (object) => (selectorPath === "" ? undefined : textOf(valueAt(object, pathOf(selectorPath)))),
      },
    });
  }
  return subresources;
}

/** Numbers at the scale paths must be such. Source: apiextensions-apiserver `pkg/registry/customresource/validator.go` (ValidateScaleSpec, ValidateScaleStatus). */
function scaleProblems(object: JsonObject, subresources: readonly Subresource[]): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const { behaviour } of subresources) {
    if (behaviour.type !== "scale") continue;
    for (const path of [behaviour.specReplicasPath, behaviour.statusReplicasPath]) {
      const replicas = valueAt(object, path);
      if (typeof replicas === "number" && replicas < 0)
        problems.push(invalid(`.${path.join(".")}`, replicas, "should be a non-negative integer"));
      if (typeof replicas === "number" && replicas > MAX_INT32) {
        problems.push(invalid(`.${path.join(".")}`, replicas, `should be less than or equal to ${MAX_INT32}`));
      }
    }
  }
  return problems;
}

const MAX_INT32 = 2 ** 31 - 1;

function selectableFieldsOf(version: JsonObject): readonly SelectableField[] {
  return listAt(version, "selectableFields")
    .filter(isObject)
    .map((field) => {
      const keys = pathOf(stringAt(field, "jsonPath"));
      return { path: keys.join("."), value: (object: JsonObject) => textOf(valueAt(object, keys)) };
    });
}

/** `.spec.size` as property names. */
function pathOf(jsonPath: string): readonly string[] {
  return jsonPath.split(".").filter((part) => part !== "");
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
