import type { ResourceDescriptor, Verb } from "../resource-descriptor.ts";

export const ALL_VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** A served kind with every verb; what a test is about goes into `more`. */
export function descriptorFixture(
  group: string,
  version: string,
  kind: string,
  more: Partial<ResourceDescriptor> = {},
): ResourceDescriptor {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    group,
    version,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    plural,
    singular,
    listKind: `${kind}List`,
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ALL_VERBS,
    subresources: [],
    origin: "built-in",
    storage: `${plural}.${group}`,
    served: true,
    decode: (value) => ({ object: value, unknown: [] }),
    schema: () => undefined,
    columns: [],
    selectableFields: [],
    rules: { unconditionalUpdate: true, createOnUpdate: false, writtenElsewhere: [], deleteAnswersObject: false },
    ...more,
  };
}

/** A `status` subresource as every kind has it. */
export const statusFixture = (group: string, version: string, kind: string): ResourceDescriptor["subresources"][number] => ({
  name: "status",
  body: { group, version, kind },
  verbs: ["get", "patch", "update"],
  behaviour: { type: "part", fields: ["status"], metadata: "keep" },
});

export const scaleFixture: ResourceDescriptor["subresources"][number] = {
  name: "scale",
  body: { group: "autoscaling", version: "v1", kind: "Scale" },
  verbs: ["get", "patch", "update"],
  behaviour: { type: "scale", specReplicasPath: [], statusReplicasPath: [], selector: () => undefined },
};
