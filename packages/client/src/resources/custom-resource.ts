import { pluralOf } from "@operatorkit/object";
import { aList, anyString, aString, checkOptions, required } from "@operatorkit/observe/options";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";

/** A custom resource in a few words, for a CRD without a schema of its own. With a schema, take `crdFor` of @operatorkit/schema. */
export interface CustomResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** @default the kind in lower case */
  readonly singular?: string;
  /** @default made from the kind by the rules of English */
  readonly plural?: string;
  /** @default "Namespaced" */
  readonly scope?: "Namespaced" | "Cluster";
  readonly shortNames?: readonly string[];
  /** A structural schema. @default any object, with all its fields kept */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** What the names come down to. */
export interface ResourceNames {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
}

/** The names of a custom resource; throws a `CustomResourceError` at what no server takes. */
export function namesOf(resource: CustomResource): ResourceNames {
  const rules = {
    group: required(anyString),
    version: required(anyString),
    kind: required(anyString),
    singular: anyString,
    plural: anyString,
  };
  checkOptions("CustomResource", resource, { ...rules, shortNames: aList(aString) });
  const { group, version, kind, singular, plural, scope, shortNames } = resource;
  const names = { plural: plural ?? pluralOf(kind), singular: singular ?? kind.toLowerCase() };
  const refuse = (why: string): never => {
    throw new CustomResourceError(`custom resource ${kind || "?"} of ${group || "?"}/${version || "?"}: ${why}`, {
      code: "InvalidResource",
      crd: `${names.plural}.${group}`,
    });
  };
  if (!/^[A-Z][A-Za-z0-9]*$/.test(kind)) refuse(`kind is ${JSON.stringify(kind)}; it must be like CronTab`);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(group))
    refuse("group must be a domain such as example.com");
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(version)) refuse("version must be like v1 or v1beta1");
  for (const [field, name] of Object.entries(names)) {
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) refuse(`${field} is ${JSON.stringify(name)}; it must be in lower case`);
  }
  if (scope !== undefined && scope !== "Namespaced" && scope !== "Cluster") refuse('scope must be "Namespaced" or "Cluster"');
  return { ...names, kind, listKind: `${kind}List`, ...(shortNames === undefined ? {} : { shortNames }) };
}

/** The CRD of a custom resource: one version, served and stored, that keeps all fields unless a schema is given. */
export function customResourceDefinitionOf(resource: CustomResource): CustomResourceDefinition {
  const names = namesOf(resource);
  const { group, version, scope = "Namespaced", schema } = resource;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      names,
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  };
}
