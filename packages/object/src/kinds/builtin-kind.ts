import type { Kind } from "../kind.ts";
import type { KubernetesObject } from "../kubernetes-object.ts";

/** What a built-in kind has beyond its names. */
export interface BuiltinKindOptions {
  /** @default the kind in lower case */
  readonly singular?: string;
  /** @default none */
  readonly shortNames?: readonly string[];
  /** @default none */
  readonly categories?: readonly string[];
}

/** A kind of the API server's own, as the generated modules write it. */
export function builtinKind<T extends KubernetesObject>(
  group: string,
  version: string,
  kind: T["kind"],
  plural: string,
  namespaced: boolean,
  options: BuiltinKindOptions = {},
): Kind<T> {
  const { singular = kind.toLowerCase(), shortNames = [], categories = [] } = options;
  return {
    group,
    version,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    plural,
    singular,
    listKind: `${kind}List`,
    namespaced,
    shortNames,
    categories,
  };
}
