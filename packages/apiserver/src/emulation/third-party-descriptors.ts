import { dns1123LabelProblems, dns1123SubdomainProblems } from "@operatorkit/object";
import type { StructuralSchema } from "@operatorkit/schema";
import { decodeCustom } from "../crd/crd-codec.ts";
import { duplicate, type FieldProblem, invalid, required } from "../field-problem.ts";
import { type JsonObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { ResourceDescriptor, Verb } from "../resource-descriptor.ts";
import { AGE_TEXT, NAME_TEXT } from "../table/column-texts.ts";
import { decodeBuiltIn } from "../typed/decode-built-in.ts";
import { OLD_DEFINITIONS } from "../typed/definition-of.ts";
import { thirdPartyNames } from "./third-party-names.ts";

/** Where ThirdPartyResources are stored. */
export const THIRD_PARTY_RESOURCES = "thirdpartyresources.extensions";

const VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const ANYTHING: StructuralSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const COMMON = {
  verbs: VERBS,
  subresources: [],
  shortNames: [],
  categories: [],
  served: true,
  schema: (): undefined => undefined,
  columns: [
    { name: "Name", type: "string", format: "name", description: NAME_TEXT, priority: 0, jsonPath: ".metadata.name" },
    { name: "Age", type: "date", format: "", description: AGE_TEXT, priority: 0, jsonPath: ".metadata.creationTimestamp" },
  ],
  selectableFields: [],
} as const;

/** The kind that says which third party kinds there are, on servers before 1.8. */
export const thirdPartyResourceDescriptor: ResourceDescriptor = {
  ...COMMON,
  group: "extensions",
  version: "v1beta1",
  apiVersion: "extensions/v1beta1",
  kind: "ThirdPartyResource",
  plural: "thirdpartyresources",
  singular: "thirdpartyresource",
  listKind: "ThirdPartyResourceList",
  namespaced: false,
  origin: "built-in",
  storage: THIRD_PARTY_RESOURCES,
  columns: [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: NAME_TEXT,
      priority: 0,
      cell: (object) => stringAt(object["metadata"], "name"),
    },
  ],
  decode: (value) => decodeBuiltIn(value, OLD_DEFINITIONS.thirdPartyResource),
  rules: {
    unconditionalUpdate: true,
    createOnUpdate: false,
    writtenElsewhere: [],
    deleteAnswersObject: false,
    nameProblems,
    validate: versionsProblems,
  },
};

/** Source: kubernetes 1.6 `pkg/apis/extensions/validation/validation.go` (ValidateThirdPartyResourceName). */
function nameProblems(name: string): readonly string[] {
  const problems = dns1123SubdomainProblems(name);
  if (problems.length > 0 || thirdPartyNames(name) !== undefined) return problems;
  return ["must be at least three segments long: <kind>.<domain>.<tld>"];
}

function versionsProblems(object: JsonObject): readonly FieldProblem[] {
  const versions = listAt(object, "versions");
  const problems = versions.length === 0 ? [required("versions", "must specify at least one version")] : [];
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const field = `versions[${index}].name`;
    const name = stringAt(version, "name");
    if (name === "") problems.push(invalid(field, version, "must not be empty"));
    else for (const detail of dns1123LabelProblems(name)) problems.push(invalid(field, version, detail));
    if (seen.has(name)) problems.push(duplicate(field, version));
    seen.add(name);
  }
  return problems;
}

/**
 * What a ThirdPartyResource makes the server serve: its first version, in namespaces, with objects of any shape. It has neither status nor
 * scale, and nothing is pruned or checked.
 */
export function thirdPartyDescriptors(resource: JsonObject): readonly ResourceDescriptor[] {
  const name = stringAt(objectAt(resource, "metadata"), "name");
  const names = thirdPartyNames(name);
  const version = stringAt(listAt(resource, "versions")[0], "name");
  if (names === undefined || version === "") return [];
  const { group, kind, plural } = names;
  return [
    {
      ...COMMON,
      group,
      version,
      apiVersion: `${group}/${version}`,
      kind,
      plural,
      singular: kind.toLowerCase(),
      listKind: `${kind}List`,
      namespaced: true,
      origin: "custom",
      storage: `thirdparty/${name}`,
      decode: (value) => decodeCustom(value, ANYTHING),
      rules: {
        unconditionalUpdate: true,
        createOnUpdate: false,
        writtenElsewhere: [],
        deleteAnswersObject: false,
        nameProblems: dns1123SubdomainProblems,
      },
    },
  ];
}
