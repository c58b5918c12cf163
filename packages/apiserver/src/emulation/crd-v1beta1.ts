import { sameJson } from "@operatorkit/object";
import type { Json } from "@operatorkit/object";
import { type JsonObject, isObject, listAt, objectAt, stringAt } from "../json-object.ts";
import type { ServerRelease } from "./server-release.ts";

const V1 = "apiextensions.k8s.io/v1";
const V1BETA1 = "apiextensions.k8s.io/v1beta1";

/** What v1 has in each version and v1beta1 may have once for all: v1beta1's name, and v1's. */
const SHARED = [
  ["validation", "schema"],
  ["subresources", "subresources"],
  ["additionalPrinterColumns", "additionalPrinterColumns"],
] as const;

/**
 * A v1beta1 CRD as v1, in which all are stored. Fields that stood for all versions go into each of them.
 * Source: apiextensions-apiserver `pkg/apis/apiextensions/v1/conversion.go`.
 */
export function crdToV1(crd: JsonObject): JsonObject {
  const top = objectAt(crd, "spec");
  const { version, versions: _versions, validation: _v, subresources: _s, additionalPrinterColumns: _c, conversion, ...spec } = top;
  const named = listAt(top, "versions").filter(isObject);
  const versions = named.length > 0 || typeof version !== "string" ? named : [{ name: version, served: true, storage: true }];
  return {
    ...crd,
    apiVersion: V1,
    spec: {
      ...spec,
      ...(isObject(conversion) && { conversion: conversionToV1(conversion) }),
      versions: versions.map((one) => {
        const result: JsonObject = { ...one };
        for (const [shared, own] of SHARED) if (top[shared] !== undefined) result[own] = top[shared];
        if (result["additionalPrinterColumns"] !== undefined) result["additionalPrinterColumns"] = columns(result, "JSONPath", "jsonPath");
        return result;
      }),
    },
  };
}

/**
 * A stored CRD as v1beta1 of a release shows it: what all versions have alike stands at the top, the first version's name is
 * `version`, and fields that came later are not there.
 */
export function crdFromV1(crd: JsonObject, release: ServerRelease): JsonObject {
  const { versions: _versions, conversion, preserveUnknownFields, ...spec } = objectAt(crd, "spec");
  const versions = listAt(crd["spec"], "versions").filter(isObject);
  const [first = {}] = versions;
  const shown = versions.map((one): JsonObject => {
    const { selectableFields: _, ...rest } = one;
    return rest["additionalPrinterColumns"] === undefined
      ? rest
      : { ...rest, additionalPrinterColumns: columns(one, "jsonPath", "JSONPath") };
  });
  const top: JsonObject = { ...spec, version: stringAt(first, "name") };
  for (const [shared, own] of SHARED) {
    const value = shown[0]?.[own];
    if (!shown.every((one) => sameJson((one[own] ?? null) as Json, (value ?? null) as Json))) continue;
    if (value !== undefined) top[shared] = value;
    for (const one of shown) delete one[own];
  }
  if (!release.has("crdValidation")) delete top["validation"];
  if (release.has("crdVersions")) top["versions"] = shown;
  else {
    delete top["subresources"];
    delete top["additionalPrinterColumns"];
  }
  if (release.has("crdConversion") && isObject(conversion)) top["conversion"] = conversionFromV1(conversion);
  if (release.has("crdPruning")) top["preserveUnknownFields"] = preserveUnknownFields === true;
  return { ...crd, apiVersion: V1BETA1, spec: top, ...(crd["status"] !== undefined && { status: statusOf(crd, release) }) };
}

function statusOf(crd: JsonObject, release: ServerRelease): JsonObject {
  const { storedVersions, ...status } = objectAt(crd, "status");
  return release.has("crdVersions") ? { ...status, storedVersions } : status;
}

function columns(version: JsonObject, from: string, to: string): readonly JsonObject[] {
  return listAt(version, "additionalPrinterColumns")
    .filter(isObject)
    .map(({ [from]: path, ...column }) => ({ ...column, ...(path !== undefined && { [to]: path }) }));
}

function conversionToV1({ strategy, webhookClientConfig: clientConfig, conversionReviewVersions }: JsonObject): JsonObject {
  if (clientConfig === undefined && conversionReviewVersions === undefined) return { strategy };
  return { strategy, webhook: { ...(clientConfig !== undefined && { clientConfig }), conversionReviewVersions } };
}

function conversionFromV1({ strategy, webhook }: JsonObject): JsonObject {
  if (!isObject(webhook)) return { strategy };
  const { clientConfig, conversionReviewVersions } = webhook;
  return { strategy, ...(clientConfig !== undefined && { webhookClientConfig: clientConfig }), conversionReviewVersions };
}
