import { ApiError, ignoreNotFound, type ApplyOptions, type Patch, type SubresourceWriteOptions, type WriteOptions } from "@operatorkit/api";
import type { Kind, KubernetesObject, Manifest, ObjectRef } from "@operatorkit/object";
import { creationPath, objectPath, withQuery } from "../request/resource-path.ts";
import { jsonBody, nameOf, type Caller, type PartOf } from "./caller.ts";
import { getObject } from "./read-objects.ts";

/** An object that was applied. */
export interface Applied<T> {
  readonly object: T;
  /** False when everything applied was there already, and belonged to the field manager. */
  readonly changed: boolean;
}

const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

export async function createObject(caller: Caller, object: Manifest, options: WriteOptions & PartOf): Promise<KubernetesObject> {
  const kind = await caller.kindOf("create", object, options);
  const { subresource } = options;
  const { namespace, name = "" } = object.metadata;
  const place = (): string => (subresource ? objectPath(kind, { ...object.metadata, name }, subresource) : creationPath(kind, namespace));
  const path = (): string => withQuery(place(), caller.writeQuery(options));
  return await caller.object(
    caller.call("create", { kind, ref: { namespace, name }, subresource }, "POST", path, options, jsonBody(object)),
  );
}

export async function updateObject<T extends KubernetesObject>(
  caller: Caller,
  object: T,
  options: SubresourceWriteOptions & PartOf,
): Promise<T> {
  const kind = await caller.kindOf("update", object, options);
  const { subresource } = options;
  const path = (): string => withQuery(objectPath(kind, object.metadata, subresource), caller.writeQuery(options));
  return await caller.object(caller.call("update", { kind, ref: object.metadata, subresource }, "PUT", path, options, jsonBody(object)));
}

export async function patchObject<T extends KubernetesObject>(
  caller: Caller,
  kind: Kind<T>,
  ref: ObjectRef,
  patch: Patch,
  options: SubresourceWriteOptions,
): Promise<T> {
  const { subresource } = options;
  const contentType: string | undefined = PATCH_TYPES[patch.type];
  if (contentType === undefined) {
    throw new ApiError(
      `patch ${nameOf({ kind, ref, subresource })}: type is ${JSON.stringify(patch.type)}; give "json", "merge" or "strategic"`,
      {
        code: "InvalidRequest",
      },
    );
  }
  const path = (): string => withQuery(objectPath(kind, ref, subresource), caller.writeQuery(options));
  const body = { contentType, json: patch.type === "json" ? patch.operations : patch.body };
  return await caller.object(caller.call("patch", { kind, ref, subresource }, "PATCH", path, options, body));
}

export async function applyObject<T extends KubernetesObject>(caller: Caller, object: T, options: ApplyOptions & PartOf): Promise<T> {
  const kind = await caller.kindOf("apply", object, options);
  const { force = true, subresource } = options;
  const query = caller.writeQuery(options);
  const about = { kind, ref: object.metadata, subresource };
  if (!query["fieldManager"]) {
    throw new ApiError(
      `apply ${nameOf(about)}: fieldManager is missing: say who owns the applied fields, in the options or by connect({ fieldManager })`,
      { code: "InvalidRequest" },
    );
  }
  const path = (): string => withQuery(objectPath(kind, object.metadata, subresource), { ...query, force });
  const body = { contentType: "application/apply-patch+yaml", json: object };
  return await caller.object({ ...caller.call("patch", about, "PATCH", path, options, body), action: `apply ${nameOf(about)}` });
}

/** @see KubernetesClient.applyAndCompare */
export async function applyAndCompare<T extends KubernetesObject>(
  caller: Caller,
  object: T,
  { current, ...options }: ApplyOptions & { readonly current?: KubernetesObject | undefined },
): Promise<Applied<T & KubernetesObject>> {
  const request = options.signal === undefined ? {} : { signal: options.signal };
  let before = current;
  if (before === undefined) {
    const kind = await caller.kindOf("apply", object, options);
    before = await ignoreNotFound(getObject(caller, kind, object.metadata, request));
  }
  const applied = await applyObject(caller, object, options);
  const { uid, resourceVersion } = applied.metadata;
  return { object: applied, changed: before?.metadata.uid !== uid || before?.metadata.resourceVersion !== resourceVersion };
}
