import type { Kind } from "@operatorkit/object";

/** Written out, so that a pod's log needs neither discovery nor the built-in kinds. */
export const PodKind: Kind = {
  group: "",
  version: "v1",
  apiVersion: "v1",
  kind: "Pod",
  plural: "pods",
  singular: "pod",
  listKind: "PodList",
  namespaced: true,
  shortNames: ["po"],
  categories: ["all"],
};
