import { anyString, checkOptions, required } from "@operatorkit/observe/options";
import type { RawRequest } from "../request/raw-request.ts";
import { crdReadiness, type CrdReadiness } from "./crd-readiness.ts";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { CustomResourceError } from "./custom-resource-error.ts";
import { customResourceDefinitionOf, namesOf, type CustomResource } from "./custom-resource.ts";
import { isAtLeast, parseServerRelease } from "./server-release.ts";
import { thirdPartyNameOf, thirdPartyPluralOf } from "./third-party-resource.ts";

/** How custom resources are registered on servers of some age: which requests to make and how to read the answers. Does nothing itself. */
export interface RegistrationStrategy {
  readonly name: "CustomResourceDefinition v1" | "CustomResourceDefinition v1beta1" | "ThirdPartyResource";
  /** Answered by 409 when it is there already. */
  create(resource: CustomResource): RawRequest;
  /** What `look` asks for: a registration is there once it is made, its objects are found later. */
  readonly looksAt: "registration" | "objects";
  /** Asks how far it has come; 404 may mean: not yet. */
  look(resource: CustomResource): RawRequest;
  /** Reads the answer to `look`. */
  readiness(answer: unknown): CrdReadiness;
}

const definitions = "/customresourcedefinitions";

/** Kubernetes 1.16 and later. */
export const crdV1: RegistrationStrategy = {
  name: "CustomResourceDefinition v1",
  looksAt: "registration",
  create: (resource) => ({
    method: "POST",
    path: `/apis/apiextensions.k8s.io/v1${definitions}`,
    body: customResourceDefinitionOf(resource),
  }),
  look: (resource) => ({ path: `/apis/apiextensions.k8s.io/v1${definitions}/${namesOf(resource).plural}.${resource.group}` }),
  readiness: crdAnswer,
};

/** Kubernetes 1.7 to 1.15. A schema is a wish there, not a duty. */
export const crdV1beta1: RegistrationStrategy = {
  name: "CustomResourceDefinition v1beta1",
  looksAt: "registration",
  create: (resource) => {
    const { group, version, scope = "Namespaced", schema } = resource;
    const names = namesOf(resource);
    return {
      method: "POST",
      path: `/apis/apiextensions.k8s.io/v1beta1${definitions}`,
      body: {
        apiVersion: "apiextensions.k8s.io/v1beta1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${names.plural}.${group}` },
        // `version` alone is what 1.7 to 1.10 know; later servers make `versions` of it.
        spec: { group, version, scope, names, ...(schema === undefined ? {} : { validation: { openAPIV3Schema: schema } }) },
      },
    };
  },
  look: (resource) => ({ path: `/apis/apiextensions.k8s.io/v1beta1${definitions}/${namesOf(resource).plural}.${resource.group}` }),
  readiness: crdAnswer,
};

/** Kubernetes before 1.7. The server makes kind and plural of the name, so those that it would not make are refused. */
export const thirdPartyResource: RegistrationStrategy = {
  name: "ThirdPartyResource",
  looksAt: "objects",
  create: (resource) => {
    const { group, version, kind } = resource;
    thirdPartyPlural(resource);
    return {
      method: "POST",
      path: "/apis/extensions/v1beta1/thirdpartyresources",
      body: {
        apiVersion: "extensions/v1beta1",
        kind: "ThirdPartyResource",
        metadata: { name: `${thirdPartyNameOf(kind)}.${group}` },
        description: `${kind} of ${group}`,
        versions: [{ name: version }],
      },
    };
  },
  look: (resource) => ({ path: `/apis/${resource.group}/${resource.version}/${thirdPartyPlural(resource)}` }),
  // It has no conditions: it is there when its objects can be listed.
  readiness: () => ({ type: "established" }),
};

/** The strategy for a server, by the `gitVersion` of its `/version`. Throws a `CustomResourceError` where that says nothing. */
export function registrationStrategyFor(gitVersion: string): RegistrationStrategy {
  checkOptions("registrationStrategyFor", { gitVersion }, { gitVersion: required(anyString) });
  const release = parseServerRelease(gitVersion);
  if (release === undefined) {
    throw new CustomResourceError(`register custom resources: the server's version ${JSON.stringify(gitVersion)} does not begin with one`, {
      code: "ServerVersion",
      crd: "",
    });
  }
  if (isAtLeast(release, 1, 16)) return crdV1;
  return isAtLeast(release, 1, 7) ? crdV1beta1 : thirdPartyResource;
}

function crdAnswer(answer: unknown): CrdReadiness {
  // Only its conditions are read, which v1 and v1beta1 have in common.
  return crdReadiness((answer ?? {}) as CustomResourceDefinition);
}

function thirdPartyPlural(resource: CustomResource): string {
  const { kind, group, scope } = resource;
  const { plural } = namesOf(resource);
  const made = thirdPartyPluralOf(kind);
  const refuse = (why: string): never => {
    throw new CustomResourceError(`register ${kind} of ${group} as a ThirdPartyResource: ${why}`, {
      code: "InvalidResource",
      crd: `${thirdPartyNameOf(kind)}.${group}`,
    });
  };
  if (made !== plural) refuse(`the server makes the plural ${made} of it, not ${plural}`);
  if (scope === "Cluster") refuse("its objects are always in namespaces");
  return plural;
}
