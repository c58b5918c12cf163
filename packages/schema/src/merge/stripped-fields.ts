import { fieldElement, FieldSet } from "@operatorkit/object";

const METADATA = [
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "clusterName",
  "generation",
  "managedFields",
  "resourceVersion",
];

/** Fields nobody owns: they name the object, or are the server's. Source: apimachinery `managedfields/internal/stripmeta.go`. */
export const STRIPPED_FIELDS: FieldSet = FieldSet.of(
  [fieldElement("apiVersion")],
  [fieldElement("kind")],
  [fieldElement("metadata")],
  ...METADATA.map((name) => [fieldElement("metadata"), fieldElement(name)]),
);
