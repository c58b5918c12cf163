import type { Kind, KubernetesObject, ObjectRef, PartialObjectMetadata } from "@operatorkit/object";
import { aFunction, checkOptions, required } from "@operatorkit/observe/options";
import type { Cache } from "./cache.ts";
import { aWatchedKind } from "./kubernetes-rules.ts";
import { isOnlyMetadata, kindOf, type OnlyMetadata, type WatchedKind } from "./only-metadata.ts";

/** Whose turn it is when an object of another kind changes. */
export interface Watch {
  readonly kind: Kind;
  /** Watch and keep the metadata alone; that is then all that `map` is given. @default false */
  readonly metadataOnly?: boolean;
  /**
   * The objects that need a turn because of `object`. On a change it is called for the state before and for the state after,
   * so that an object that is not referred to any more has its turn too. It must be quick and not asynchronous.
   */
  map(object: KubernetesObject, context: { readonly cache: Cache }): Iterable<ObjectRef>;
}

type MapOf<T> = (object: T, context: { readonly cache: Cache }) => Iterable<ObjectRef>;

/**
 * `watches: [watch(ConfigMap, (configMap, { cache }) => …)]`: gives the objects that `map` returns a turn whenever a ConfigMap
 * changes. The same as the literal, with `configMap` typed; of `onlyMetadata(ConfigMap)` it has the metadata alone.
 *
 * @throws {TypeError} for what is no kind, and a `map` that is no function.
 */
export function watch<T extends KubernetesObject>(kind: OnlyMetadata<T>, map: MapOf<PartialObjectMetadata<T>>): Watch;
export function watch<T extends KubernetesObject>(kind: Kind<T>, map: MapOf<T>): Watch;
export function watch<T extends KubernetesObject>(kind: WatchedKind<T>, map: MapOf<T>): Watch {
  checkOptions("watch", { kind, map }, { kind: required(aWatchedKind), map: required(aFunction) });
  return {
    kind: kindOf(kind),
    metadataOnly: isOnlyMetadata(kind),
    // The informer of the kind calls it with objects of that kind only, and with what the types above say there is of them.
    map: (object, context) => map(object as T, context),
  };
}
