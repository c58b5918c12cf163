import { ApiError, type RequestOptions, type WriteOptions } from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectRef } from "@operatorkit/object";
import type { Scale } from "@operatorkit/object/kinds";
import { objectPath } from "../request/resource-path.ts";
import { nameOf, type Caller } from "./caller.ts";
import { patchObject } from "./write-objects.ts";

export async function getScale(caller: Caller, kind: Kind, ref: ObjectRef, options: RequestOptions): Promise<Scale> {
  const about = { kind, ref, subresource: "scale" };
  return await caller.object(caller.call("get", about, "GET", () => objectPath(kind, ref, "scale"), options));
}

export async function scaleTo(caller: Caller, kind: Kind, ref: ObjectRef, replicas: number, options: WriteOptions): Promise<Scale> {
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    throw new ApiError(`scale ${nameOf({ kind, ref })}: replicas is ${replicas}, and must be a whole number from 0`, {
      code: "InvalidRequest",
    });
  }
  const patch = { type: "merge", body: { spec: { replicas } } } as const;
  // The server vouches for what a scale subresource answers.
  const patched: KubernetesObject = await patchObject(caller, kind, ref, patch, { ...options, subresource: "scale" });
  return patched as Scale;
}
