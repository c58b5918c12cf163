import { createHash } from "node:crypto";
import type { TransportResponse } from "@operatorkit/api";
import type { ServerRelease } from "../emulation/server-release.ts";
import type { Endpoint, EndpointRequest } from "../handler.ts";
import type { JsonObject } from "../json-object.ts";
import type { Registry } from "../registry.ts";
import { errorResponse, jsonResponse, textResponse, yamlResponse } from "../response.ts";
import { StatusError } from "../status-error.ts";
import { type AggregatedVersion, aggregatedDiscovery } from "./aggregated-discovery.ts";
import { apiGroup, apiGroupList, apiResourceList, apiVersions, namedGroups } from "./api-documents.ts";

/**
 * Answers what the server has: `/`, `/api`, `/apis` (plain or aggregated) and the documents of each group and version.
 * A group or version the server does not have is left to others, who know which of the two kinds of 404 it is.
 */
export function discoveryEndpoint(release: ServerRelease): Endpoint {
  return (request) => discovered(request, release);
}

function discovered(request: EndpointRequest, release: ServerRelease): TransportResponse | undefined {
  const { registry, path } = request;
  const accept = request.request.headers["accept"];
  if (path === "/") return jsonResponse(200, { paths: pathsOf(registry) });
  const segments = path.replace(/\/$/, "").split("/").slice(1);
  const [root, ...rest] = segments;
  if (root === "api" && rest.length === 0) return rootDocument(request, "core", accept, release);
  if (root === "apis" && rest.length === 0) return rootDocument(request, "named", accept, release);
  const document = documentAt(registry, root ?? "", rest);
  return document && plain(document, accept);
}

function documentAt(registry: Registry, root: string, rest: readonly string[]): JsonObject | undefined {
  const [first = "", second = ""] = rest;
  if (root === "api" && rest.length === 1) return apiResourceList(registry, "", first);
  if (root !== "apis" || first === "") return undefined;
  if (rest.length === 1) return apiGroup(registry, first);
  return rest.length === 2 ? apiResourceList(registry, first, second) : undefined;
}

type Part = "core" | "named";

function rootDocument(
  { registry, request }: EndpointRequest,
  part: Part,
  accept: string | undefined,
  release: ServerRelease,
): TransportResponse {
  const choice = chosen(accept, release);
  if (choice === "v2" || choice === "v2beta1") {
    const { text, etag } = aggregated(registry, part, choice);
    const headers = { etag, vary: "Accept", "cache-control": "public" };
    if (request.headers["if-none-match"] === etag) return textResponse(304, "", AGGREGATED_TYPE(choice), headers);
    return textResponse(200, text, AGGREGATED_TYPE(choice), headers);
  }
  return plain(part === "core" ? apiVersions(registry, request.headers["host"] ?? "127.0.0.1") : apiGroupList(registry), accept);
}

const AGGREGATED_TYPE = (version: AggregatedVersion): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

function plain(document: JsonObject, accept: string | undefined): TransportResponse {
  switch (chosen(accept)) {
    case "yaml":
      return yamlResponse(200, document);
    case undefined:
      return errorResponse(
        new StatusError({
          code: 406,
          reason: "NotAcceptable",
          message: "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        }),
      );
    default:
      return jsonResponse(200, document);
  }
}

/** The first clause of the header that can be served; what has parameters asks for the aggregated form, which the roots of later releases have. */
function chosen(accept: string | undefined, release?: ServerRelease): AggregatedVersion | "json" | "yaml" | undefined {
  if (accept === undefined || accept.trim() === "") return "json";
  for (const clause of accept.toLowerCase().split(",")) {
    const [type = "", ...parameters] = clause.split(";").map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith("as="));
    const isJson = type === "application/json" || type === "*/*" || type === "application/*";
    if (as !== undefined) {
      const version = parameters.includes("v=v2") ? "v2" : parameters.includes("v=v2beta1") ? "v2beta1" : undefined;
      const isDiscovery = isJson && as === "as=apigroupdiscoverylist" && parameters.includes("g=apidiscovery.k8s.io");
      const isOffered = version !== undefined && release?.has(version === "v2" ? "discoveryV2" : "discoveryV2beta1") === true;
      if (isDiscovery && isOffered) return version;
      continue;
    }
    if (isJson) return "json";
    if (type === "application/yaml") return "yaml";
  }
  return undefined;
}

interface CachedText {
  readonly revision: number;
  readonly text: string;
  readonly etag: string;
}

/** Clients ask again and again for documents that only a CRD changes. */
const cache = new WeakMap<Registry, Map<string, CachedText>>();

function aggregated(registry: Registry, part: Part, version: AggregatedVersion): CachedText {
  const texts = cache.get(registry) ?? new Map<string, CachedText>();
  cache.set(registry, texts);
  const key = `${part}/${version}`;
  const known = texts.get(key);
  if (known?.revision === registry.revision) return known;
  const text = `${JSON.stringify(aggregatedDiscovery(registry, part, version))}\n`;
  const etag = `"${createHash("sha512").update(text).digest("hex").toUpperCase()}"`;
  const made: CachedText = { revision: registry.revision, text, etag };
  texts.set(key, made);
  return made;
}

function pathsOf(registry: Registry): readonly string[] {
  const groups = namedGroups(registry).flatMap(({ group, versions }) => [
    `/apis/${group}`,
    ...versions.map((version) => `/apis/${group}/${version}`),
  ]);
  return ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version", ...groups].toSorted();
}
