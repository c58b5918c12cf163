import type { TransportResponse } from "@operatorkit/api";
import type { JsonObject } from "./json-object.ts";
import { wrongShape } from "./request/accept.ts";
import type { ResourceDescriptor } from "./resource-descriptor.ts";
import type { ResourceRequest } from "./resource-request.ts";
import { jsonResponse, warningHeader, yamlResponse } from "./response.ts";
import type { StoredObject } from "./store/stored-object.ts";
import { badRequest, plainError } from "./status-error.ts";
import { SCALE_COLUMNS } from "./table/built-in-columns.ts";
import { tableFor } from "./table/table-for.ts";

/** A stored object as one version of its kind shows it. */
export function present(descriptor: ResourceDescriptor, stored: JsonObject): JsonObject {
  if (descriptor.fromStorage !== undefined) return descriptor.fromStorage(stored);
  return stored["apiVersion"] === descriptor.apiVersion ? stored : { ...stored, apiVersion: descriptor.apiVersion };
}

/** The answer that shows one object in the form the request asked for. */
export function objectResponse(request: ResourceRequest, status: number, object: JsonObject): TransportResponse {
  const { representation, warnings } = request;
  const shown = shapeOne(request, object);
  const headers = warningHeader(warnings);
  return representation.encoding === "yaml" ? yamlResponse(status, shown, headers) : jsonResponse(status, shown, headers);
}

/** One object as a plain object, a Table of one row or its metadata. A Status is never transformed. */
export function shapeOne(request: ResourceRequest, object: JsonObject, withColumns = true): JsonObject {
  const { representation, descriptor, nowMs, query } = request;
  if (object["kind"] === "Status" && object["apiVersion"] === "v1") return object;
  const isScale = request.subresource?.behaviour.type === "scale";
  switch (representation.as) {
    default:
      return object;
    case "Table":
      return tableFor(isScale ? { columns: SCALE_COLUMNS } : descriptor, [object], {
        includeObject: includeObjectOf(query),
        nowMs,
        listMetadata: { resourceVersion: (object["metadata"] as JsonObject | undefined)?.["resourceVersion"] ?? "" },
        version: representation.version,
        withColumns,
      });
    case "PartialObjectMetadata":
      return partialMetadata(object, representation.version);
    case "PartialObjectMetadataList":
      // The real server takes any custom object for a list until it looks for the items.
      if (descriptor.origin === "custom" && !isScale) throw plainError("content is not a list");
      throw wrongShape("PartialObjectMetadataList", `not a list (*${isScale ? scaleType(descriptor) : goType(descriptor, "")})`);
  }
}

/** The real server's own name for what it holds. */
function goType({ group, kind, origin }: ResourceDescriptor, suffix: "" | "List"): string {
  if (origin === "custom") return `unstructured.Unstructured${suffix}`;
  return `${group === "" ? "core" : group.split(".")[0]}.${kind}${suffix}`;
}

function scaleType({ origin }: ResourceDescriptor): string {
  return origin === "custom" ? "v1.Scale" : "autoscaling.Scale";
}

/** Metadata alone. Source: apiserver `endpoints/handlers/response.go`. */
export function partialMetadata(object: JsonObject, version: "v1" | "v1beta1"): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata: object["metadata"] };
}

export interface ShownList {
  readonly items: readonly StoredObject[];
  readonly metadata: JsonObject;
}

/** The answer that shows a list in the form the request asked for. */
export function listResponse(request: ResourceRequest, { items, metadata }: ShownList): TransportResponse {
  const { representation, descriptor, query, nowMs, warnings } = request;
  const objects = items.map(({ object }) => present(descriptor, object));
  const respond = representation.encoding === "yaml" ? yamlResponse : jsonResponse;
  const send = (list: JsonObject): TransportResponse => respond(200, list, warningHeader(warnings));
  switch (representation.as) {
    default:
      return send(plainList(descriptor, objects, metadata));
    case "Table":
      return send(
        tableFor(descriptor, objects, {
          includeObject: includeObjectOf(query),
          nowMs,
          listMetadata: metadata,
          version: representation.version,
        }),
      );
    case "PartialObjectMetadataList":
      return send({
        kind: "PartialObjectMetadataList",
        apiVersion: `meta.k8s.io/${representation.version}`,
        metadata,
        items: objects.length === 0 ? null : objects.map((object) => partialMetadata(object, representation.version)),
      });
    case "PartialObjectMetadata":
      throw wrongShape("PartialObjectMetadata", `a list (*${goType(descriptor, "List")})`);
  }
}

/** Items of built-in kinds carry no kind and apiVersion; custom resources do, and their lists always have a `continue`. */
export function plainList(descriptor: ResourceDescriptor, objects: readonly JsonObject[], metadata: JsonObject): JsonObject {
  const { listKind, apiVersion, origin } = descriptor;
  if (origin === "custom") return { apiVersion, items: objects, kind: listKind, metadata: { continue: "", ...metadata } };
  return { kind: listKind, apiVersion, metadata, items: objects.map(withoutType) };
}

function withoutType(object: JsonObject): JsonObject {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return rest;
}

function includeObjectOf(query: URLSearchParams): "None" | "Metadata" | "Object" {
  const value = query.get("includeObject") ?? "";
  if (value === "None" || value === "Object" || value === "Metadata") return value;
  if (value === "") return "Metadata";
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}
