import type { Kind, KubernetesObject } from "@operatorkit/object";

/** A kind of which the metadata alone is watched and kept. */
export interface OnlyMetadata<out T extends KubernetesObject = KubernetesObject> {
  readonly metadataOf: Kind<T>;
}

/**
 * `owns: [Deployment, onlyMetadata(Secret)]`, `watches: [watch(onlyMetadata(ConfigMap), …)]`: a change gives turns as for the whole kind, at a
 * tenth of the memory, and nothing of an object but its metadata is read. `cache.metadata` has it. Source: controller-runtime `builder.OnlyMetadata`.
 */
export function onlyMetadata<T extends KubernetesObject>(kind: Kind<T>): OnlyMetadata<T> {
  return { metadataOf: kind };
}

/** A kind, whole or its metadata alone. */
export type WatchedKind<T extends KubernetesObject = KubernetesObject> = Kind<T> | OnlyMetadata<T>;

export function isOnlyMetadata<T extends KubernetesObject>(watched: WatchedKind<T>): watched is OnlyMetadata<T> {
  if (typeof watched !== "object" || watched === null) throw new TypeError(`watch: ${String(watched)} is no kind`);
  return "metadataOf" in watched;
}

export function kindOf<T extends KubernetesObject>(watched: WatchedKind<T>): Kind<T> {
  return isOnlyMetadata(watched) ? watched.metadataOf : watched;
}
