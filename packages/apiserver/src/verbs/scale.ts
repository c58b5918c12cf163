import type { TransportResponse } from "@operatorkit/api";
import { invalid } from "../field-problem.ts";
import { type JsonObject, objectAt, stringAt, valueAt } from "../json-object.ts";
import { objectResponse, present } from "../presentation.ts";
import { type BodyType, decodeObject, typedObject } from "../request/decode-object.ts";
import { type WriteOptions, writeOptions } from "../request/write-options.ts";
import type { SubresourceBehaviour } from "../resource-descriptor.ts";
import type { ResourceRequest } from "../resource-request.ts";
import type { ServerContext } from "../server-context.ts";
import { StatusError, badRequest, invalidError } from "../status-error.ts";
import type { StoredObject } from "../store/stored-object.ts";
import { decodeBuiltIn } from "../typed/decode-built-in.ts";
import { checkVersion, storedUpdate } from "./commit.ts";
import { trackedScale } from "./scale-ownership.ts";
import { patchText, patchTypeOf } from "./patch-request.ts";
import { patchedValue } from "./patch.ts";
import { storedObject } from "./read.ts";

type Scaling = Extract<SubresourceBehaviour, { type: "scale" }>;

const SCALE: BodyType = {
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  origin: "built-in",
  decode: (value) => decodeBuiltIn(value, "io.k8s.api.autoscaling.v1.Scale"),
};

export function getScale(context: ServerContext, request: ResourceRequest, scaling: Scaling): TransportResponse {
  const object = present(request.descriptor, storedObject(context, request).object);
  if (valueAt(object, scaling.specReplicasPath) === undefined) throw noReplicas(scaling.specReplicasPath);
  return objectResponse(request, 200, scaleOf(object, scaling));
}

export function updateScale(context: ServerContext, request: ResourceRequest, scaling: Scaling): TransportResponse {
  const options = writeOptions("UpdateOptions", request.query, request.request);
  const scale = decodeObject(request.request, SCALE, options.fieldValidation, request.warnings);
  const given = stringAt(scale["metadata"], "name");
  if (given !== request.target.name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${request.target.name})`);
  return objectResponse(request, 200, rescaled(context, request, scaling, storedObject(context, request), scale, options));
}

export function patchScale(context: ServerContext, request: ResourceRequest, scaling: Scaling): TransportResponse {
  const type = patchTypeOf(context, request);
  const options = writeOptions("PatchOptions", request.query, request.request, type === "apply");
  const stored = storedObject(context, request);
  const before = scaleOf(present(request.descriptor, stored.object), scaling);
  const { value, duplicates } = patchedValue(request, type === "apply" ? "merge" : type, patchText(request), before);
  const scale = typedObject(value as JsonObject, duplicates, SCALE, options.fieldValidation, request.warnings);
  return objectResponse(request, 200, rescaled(context, request, scaling, stored, scale, options));
}

function rescaled(
  context: ServerContext,
  request: ResourceRequest,
  scaling: Scaling,
  stored: StoredObject,
  scale: JsonObject,
  options: WriteOptions,
): JsonObject {
  const given = stringAt(scale["metadata"], "resourceVersion");
  if (given !== "") checkVersion(request, given, stored);
  const replicas = objectAt(scale, "spec")["replicas"] ?? 0;
  // Custom resources check the number where it ends up.
  if (request.descriptor.origin === "built-in" && (typeof replicas !== "number" || replicas < 0)) {
    throw invalidError({ group: SCALE.group, resource: SCALE.kind }, stored.name, [
      invalid("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  }
  const before = present(request.descriptor, stored.object);
  const scaled = withValue(before, scaling.specReplicasPath, replicas);
  const after = trackedScale(context, request, before, scaled, scaling.specReplicasPath, options.fieldManager);
  const rule = { operation: "update", subresource: "scale", nowMs: request.nowMs, dryRun: options.dryRun } as const;
  return scaleOf(storedUpdate(context, request, stored, after, rule), scaling);
}

/** An object that does not say how many there should be has no scale. */
function noReplicas(path: readonly string[]): StatusError {
  const message = `the spec replicas field ".${path.join(".")}" does not exist`;
  const details = { causes: [{ message }] };
  return new StatusError({ code: 500, reason: "InternalError", message: `Internal error occurred: ${message}`, details });
}

/** An object's size as `autoscaling/v1 Scale`. */
export function scaleOf(object: JsonObject, { specReplicasPath, statusReplicasPath, selector }: Scaling): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = objectAt(object, "metadata");
  const text = selector(object);
  const replicas = valueAt(object, specReplicasPath);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === "number" && replicas !== 0 ? { replicas } : {},
    status: { replicas: valueAt(object, statusReplicasPath) ?? 0, ...(text !== undefined && text !== "" && { selector: text }) },
  };
}

function withValue(object: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return object;
  return { ...object, [key]: rest.length === 0 ? value : withValue(objectAt(object, key), rest, value) };
}
