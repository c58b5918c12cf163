import type { KubernetesObject } from "./kubernetes-object.ts";

declare const objectType: unique symbol;

/**
 * A kind as a value: where its objects live on the API server, and (in `T`) what they look like.
 * `object/kinds` has one for each built-in kind; `defineKind` makes yours.
 */
export interface Kind<out T extends KubernetesObject = KubernetesObject> {
  /** The API group; `""` is the core group. */
  readonly group: string;
  readonly version: string;
  /** `group/version`, or the version alone in the core group. */
  readonly apiVersion: T["apiVersion"];
  readonly kind: T["kind"];
  /** The lower-case name in URLs: `deployments`. */
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Never present: it carries the type `T`. */
  readonly [objectType]?: T;
}

/** The type of a kind's objects: `type Memcached = ObjectOf<typeof Memcached>`. */
export type ObjectOf<K extends Kind> = K extends Kind<infer T> ? T : never;

/** Enough to find a kind by discovery. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}
