import type { Kind } from "@operatorkit/object";

/** Built-in kinds for tests, written out so that a test reads on its own. */
function kind(group: string, name: string, plural: string, namespaced: boolean): Kind {
  return {
    group,
    version: "v1",
    apiVersion: group === "" ? "v1" : `${group}/v1`,
    kind: name,
    plural,
    singular: name.toLowerCase(),
    listKind: `${name}List`,
    namespaced,
    shortNames: [],
    categories: [],
  };
}

export const Pod: Kind = kind("", "Pod", "pods", true);
export const ConfigMap: Kind = kind("", "ConfigMap", "configmaps", true);
export const Node: Kind = kind("", "Node", "nodes", false);
export const Deployment: Kind = kind("apps", "Deployment", "deployments", true);
