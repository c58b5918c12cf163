import type { Kind, KubernetesObject, ObjectRef } from "@operatorkit/object";
import type { Cache } from "./cache.ts";

/** Whose turn it is when an object of another kind changes. */
export interface Watch {
  readonly kind: Kind;
  /**
   * The objects that need a turn because of `object`. On a change it is called for the state before and for the state after,
   * so that an object that is not referred to any more has its turn too. It must be quick and not asynchronous.
   */
  map(object: KubernetesObject, context: { readonly cache: Cache }): Iterable<ObjectRef>;
}

/**
 * `watches: [watch(ConfigMap, (configMap, { cache }) => …)]`: gives the objects that `map` returns a turn whenever a ConfigMap
 * changes. The same as the literal, with `configMap` typed.
 */
export function watch<T extends KubernetesObject>(
  kind: Kind<T>,
  map: (object: T, context: { readonly cache: Cache }) => Iterable<ObjectRef>,
): Watch {
  return {
    kind,
    // The informer of the kind calls it with objects of that kind only.
    map: (object, context) => map(object as T, context),
  };
}
