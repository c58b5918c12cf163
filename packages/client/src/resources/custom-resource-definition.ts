import type { Kind } from "@operatorkit/object";
import type { CustomResourceDefinition } from "@operatorkit/object/kinds";

export type { CustomResourceDefinition, CustomResourceDefinitionCondition as CrdCondition } from "@operatorkit/object/kinds";

/** Written out, so that installing a CRD needs neither discovery nor the built-in kinds. */
export const CustomResourceDefinitionKind: Kind<CustomResourceDefinition> = {
  group: "apiextensions.k8s.io",
  version: "v1",
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  singular: "customresourcedefinition",
  listKind: "CustomResourceDefinitionList",
  namespaced: false,
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
};
