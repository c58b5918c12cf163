import { aFieldSelector, aLabelSelector, type ListWatchScope } from "@operatorkit/api";
import { aBoolean, must, type Rule } from "@operatorkit/observe/options";

/** What each part of a scope must be. An empty namespace or selector means all, as in the API. */
export const scopeRules: Readonly<Record<keyof ListWatchScope, Rule>> = {
  namespace: must("be a string; leave it out for all namespaces", (value) => typeof value === "string"),
  labelSelector: aLabelSelector,
  fieldSelector: aFieldSelector,
  metadataOnly: aBoolean,
};
