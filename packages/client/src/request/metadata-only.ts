import type { Kind, KubernetesObject, PartialObjectMetadata } from "@operatorkit/object";

/** What to accept for metadata alone. A server that cannot leave the rest out sends whole objects. Source: client-go `metadata/metadata.go`, its JSON half. */
export const METADATA_ONLY = {
  list: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
  object: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
} as const;

/** What the server answered, whole or not, under the object's own kind. */
export function metadataOf<T extends KubernetesObject>(kind: Kind<T>, { metadata }: KubernetesObject): PartialObjectMetadata<T> {
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata };
}
