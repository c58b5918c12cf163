/** The shape of Kubernetes objects and pure functions over them. */
export type {
  Condition,
  FieldsV1,
  Immutable,
  Json,
  KubernetesObject,
  ManagedFieldsEntry,
  Manifest,
  Mutable,
  ObjectMeta,
  OwnerReference,
} from "./kubernetes-object.ts";
export type { Kind, KindRef, ObjectOf } from "./kind.ts";
export { keyOf, refOf } from "./object-key.ts";
export type { ObjectKey, ObjectRef } from "./object-key.ts";
export { deepFreeze, mutableCopy } from "./mutable-copy.ts";
export { compareResourceVersions } from "./resource-version.ts";
