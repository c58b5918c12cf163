import { builtinDefinition } from "@operatorkit/schema/kinds";
import type { JsonObject } from "../json-object.ts";
import { isObject } from "../json-object.ts";
import type { Registry } from "../registry.ts";
import type { ResourceDescriptor } from "../resource-descriptor.ts";
import { META, definitionNameOf, reference, referencesIn } from "./definition-names.ts";
import { openApiPaths } from "./open-api-paths.ts";

/**
 * The OpenAPI v3 document of one group version, or undefined when the server has none: what kubectl reads for `explain`, for
 * validation and to find out whether the server checks fields itself.
 * Source: KEP-2896; kube-openapi `builder3`; apiextensions `controller/openapi/builder`.
 */
export function openApiDocument(registry: Registry, group: string, version: string): JsonObject | undefined {
  const descriptors = registry.list().filter((descriptor) => descriptor.group === group && descriptor.version === version);
  if (descriptors.length === 0) return undefined;
  const paths = Object.assign({}, ...descriptors.map(openApiPaths)) as JsonObject;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.36.3" },
    paths: sorted(paths),
    components: { schemas: schemasOf(descriptors, paths) },
  };
}

/** Custom resources bring their own; the rest is what these and the paths refer to. */
function schemasOf(descriptors: readonly ResourceDescriptor[], paths: JsonObject): JsonObject {
  const schemas: JsonObject = {};
  for (const descriptor of descriptors) if (descriptor.origin === "custom") Object.assign(schemas, customSchemas(descriptor));
  const waiting = [...referencesIn(paths), ...referencesIn(schemas)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (Object.hasOwn(schemas, name)) continue;
    const definition = builtinDefinition(name) ?? UNKNOWN;
    schemas[name] = definition;
    waiting.push(...referencesIn(definition));
  }
  return sorted(schemas);
}

/** What is not described may be anything; a reference must lead somewhere all the same. */
const UNKNOWN: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

const API_VERSION = {
  description:
    "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources",
  type: "string",
};
const KIND = {
  description:
    "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds",
  type: "string",
};

function customSchemas(descriptor: ResourceDescriptor): JsonObject {
  const { group, version, kind, listKind, plural } = descriptor;
  const name = definitionNameOf({ group, version, kind }, "custom");
  const schema = (descriptor.schema() ?? UNKNOWN) as JsonObject;
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  return {
    [name]: {
      ...schema,
      properties: {
        ...properties,
        apiVersion: API_VERSION,
        kind: KIND,
        metadata: {
          description:
            "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
          allOf: [reference(`${META}ObjectMeta`)],
        },
      },
      "x-kubernetes-group-version-kind": [{ group, version, kind }],
    },
    [definitionNameOf({ group, version, kind: listKind }, "custom")]: {
      description: `${listKind} is a list of ${kind}`,
      type: "object",
      required: ["items"],
      properties: {
        apiVersion: API_VERSION,
        items: { description: `List of ${plural}.`, type: "array", items: reference(name) },
        kind: KIND,
        metadata: { description: "Standard list metadata.", allOf: [reference(`${META}ListMeta`)] },
      },
      "x-kubernetes-group-version-kind": [{ group, version, kind: listKind }],
    },
  };
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
