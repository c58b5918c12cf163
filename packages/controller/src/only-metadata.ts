import { aKind } from "@operatorkit/api";
import type { Kind, KubernetesObject } from "@operatorkit/object";
import { checkOptions, required } from "@operatorkit/observe/options";

/** A kind of which the metadata alone is watched and kept. */
export interface OnlyMetadata<out T extends KubernetesObject = KubernetesObject> {
  readonly metadataOf: Kind<T>;
}

/**
 * `owns: [Deployment, onlyMetadata(Secret)]`, `watches: [watch(onlyMetadata(ConfigMap), …)]`: a change gives turns as for the whole kind, at a
 * tenth of the memory, and nothing of an object but its metadata is read. `cache.metadata` has it. Source: controller-runtime `builder.OnlyMetadata`.
 *
 * @throws {TypeError} for what is no kind.
 */
export function onlyMetadata<T extends KubernetesObject>(kind: Kind<T>): OnlyMetadata<T> {
  checkOptions("onlyMetadata", { kind }, { kind: required(aKind) });
  return { metadataOf: kind };
}

/** A kind, whole or its metadata alone. */
export type WatchedKind<T extends KubernetesObject = KubernetesObject> = Kind<T> | OnlyMetadata<T>;

export function isOnlyMetadata<T extends KubernetesObject>(watched: WatchedKind<T>): watched is OnlyMetadata<T> {
  return "metadataOf" in watched;
}

export function kindOf<T extends KubernetesObject>(watched: WatchedKind<T>): Kind<T> {
  return isOnlyMetadata(watched) ? watched.metadataOf : watched;
}
