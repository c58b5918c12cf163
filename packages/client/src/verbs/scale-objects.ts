import type { RequestOptions, WriteOptions } from "@operatorkit/api";
import type { Kind, KubernetesObject, ObjectRef } from "@operatorkit/object";
import type { Scale } from "@operatorkit/object/kinds";
import { aNumber, required } from "@operatorkit/observe/options";
import { checkRequest } from "../request/check-request.ts";
import { objectPath } from "../request/resource-path.ts";
import { nameOf, type Caller } from "./caller.ts";
import { patchObject } from "./write-objects.ts";

export async function getScale(caller: Caller, kind: Kind, ref: ObjectRef, options: RequestOptions): Promise<Scale> {
  const about = { kind, ref, subresource: "scale" };
  return await caller.object(caller.call("get", about, "GET", () => objectPath(kind, ref, "scale"), options));
}

export async function scaleTo(caller: Caller, kind: Kind, ref: ObjectRef, replicas: number, options: WriteOptions): Promise<Scale> {
  checkRequest(`scale ${nameOf({ kind, ref })}`, { replicas }, { replicas: required(aNumber({ atLeast: 0, whole: true })) });
  const patch = { type: "merge", body: { spec: { replicas } } } as const;
  // The server vouches for what a scale subresource answers.
  const patched: KubernetesObject = await patchObject(caller, kind, ref, patch, { ...options, subresource: "scale" });
  return patched as Scale;
}
