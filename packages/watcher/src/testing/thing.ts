import type { Kind, KubernetesObject } from "@operatorkit/object";

/** What the tests of this package watch. */
export interface Thing extends KubernetesObject {
  readonly apiVersion: "example.com/v1";
  readonly kind: "Thing";
  readonly spec?: { readonly hello?: string };
}

export const Thing: Kind<Thing> = {
  group: "example.com",
  version: "v1",
  apiVersion: "example.com/v1",
  kind: "Thing",
  plural: "things",
  singular: "thing",
  listKind: "ThingList",
  namespaced: true,
  shortNames: [],
  categories: [],
};
