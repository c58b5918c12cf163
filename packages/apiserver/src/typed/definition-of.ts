import { type OpenApiDefinition, builtinDefinition } from "@operatorkit/schema/kinds";

const REF = "#/components/schemas/";
const V1 = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1";

/** The definitions of kinds that only old releases have. */
export const OLD_DEFINITIONS = {
  crdV1beta1: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinition",
  crdSpecV1beta1: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceDefinitionSpec",
  thirdPartyResource: "io.k8s.api.extensions.v1beta1.ThirdPartyResource",
} as const;

const { crdV1beta1, crdSpecV1beta1, thirdPartyResource } = OLD_DEFINITIONS;
const crdVersionV1beta1 = `${crdV1beta1}Version`;
const crdColumnV1beta1 = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceColumnDefinition";
const crdConversionV1beta1 = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.CustomResourceConversion";
const thirdPartyVersion = "io.k8s.api.extensions.v1beta1.APIVersion";

type Properties = Readonly<Record<string, OpenApiDefinition>>;

const refTo = (name: string): OpenApiDefinition => ({ allOf: [{ $ref: `${REF}${name}` }] });
const always = (name: string): OpenApiDefinition => ({ default: {}, ...refTo(name) });
const listOf = (items: OpenApiDefinition): OpenApiDefinition => ({ type: "array", items });
const TEXT: OpenApiDefinition = { type: "string" };

/** What v1beta1 has as v1 has it, and what it has in its own way. Source: apiextensions-apiserver `pkg/apis/apiextensions/v1beta1/types.go`. */
function changed(name: string, without: readonly string[], own: Properties, optional: readonly string[] = []): OpenApiDefinition {
  const definition = builtinDefinition(`${V1}.${name}`) ?? {};
  const properties = Object.entries((definition["properties"] ?? {}) as Properties).filter(([key]) => !without.includes(key));
  const required = ((definition["required"] ?? []) as readonly string[]).filter((key) => ![...without, ...optional].includes(key));
  return { ...definition, required, properties: { ...Object.fromEntries(properties), ...own } };
}

const OLD: Readonly<Record<string, () => OpenApiDefinition>> = {
  [crdV1beta1]: () => changed("CustomResourceDefinition", [], { spec: always(crdSpecV1beta1) }),
  [crdSpecV1beta1]: () =>
    changed(
      "CustomResourceDefinitionSpec",
      [],
      {
        version: TEXT,
        versions: listOf(always(crdVersionV1beta1)),
        validation: refTo(`${V1}.CustomResourceValidation`),
        subresources: refTo(`${V1}.CustomResourceSubresources`),
        additionalPrinterColumns: listOf(always(crdColumnV1beta1)),
        conversion: refTo(crdConversionV1beta1),
      },
      ["versions"],
    ),
  [crdVersionV1beta1]: () =>
    changed("CustomResourceDefinitionVersion", ["selectableFields"], { additionalPrinterColumns: listOf(always(crdColumnV1beta1)) }),
  [crdColumnV1beta1]: () => changed("CustomResourceColumnDefinition", ["jsonPath"], { JSONPath: { type: "string", default: "" } }),
  [crdConversionV1beta1]: () =>
    changed("CustomResourceConversion", ["webhook"], {
      webhookClientConfig: refTo(`${V1}.WebhookClientConfig`),
      conversionReviewVersions: listOf(TEXT),
    }),
  [thirdPartyResource]: () => ({
    type: "object",
    properties: {
      apiVersion: TEXT,
      kind: TEXT,
      metadata: always("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
      description: TEXT,
      versions: listOf(always(thirdPartyVersion)),
    },
  }),
  [thirdPartyVersion]: () => ({ type: "object", properties: { name: TEXT } }),
};

const made = new Map<string, OpenApiDefinition>();

/** What OpenAPI says of a type by its definition's name: today's built-in ones, and those of kinds that only old releases have. */
export function definitionOf(name: string): OpenApiDefinition | undefined {
  const make = OLD[name];
  if (make === undefined) return builtinDefinition(name);
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}
