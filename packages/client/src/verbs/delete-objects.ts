import type { DeleteOptions, ListOptions } from "@operatorkit/api";
import type { Kind, ObjectRef } from "@operatorkit/object";
import type { Call } from "../request/call.ts";
import { creationPath, objectPath, withQuery } from "../request/resource-path.ts";
import { jsonBody, type Caller } from "./caller.ts";

export async function deleteObject(caller: Caller, kind: Kind, ref: ObjectRef, options: DeleteOptions): Promise<void> {
  const path = (): string => objectPath(kind, ref);
  await caller.core.requester.bytes(caller.call("delete", { kind, ref }, "DELETE", path, options, deleteBody(options)));
}

export async function deleteCollection(caller: Caller, kind: Kind, options: ListOptions & DeleteOptions): Promise<void> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, resourceVersionMatch } = options;
  const path = (): string =>
    withQuery(creationPath(kind, namespace), { labelSelector, fieldSelector, resourceVersion, resourceVersionMatch });
  await caller.core.requester.bytes(
    caller.call("deletecollection", { kind, ref: { namespace } }, "DELETE", path, options, deleteBody(options)),
  );
}

/** The body of a DELETE; undefined when there is nothing to say. */
export function deleteBody({ propagationPolicy, gracePeriodSeconds, preconditions, dryRun }: DeleteOptions): Call["body"] {
  if (propagationPolicy === undefined && gracePeriodSeconds === undefined && preconditions === undefined && dryRun !== true)
    return undefined;
  return jsonBody({
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy,
    gracePeriodSeconds,
    preconditions,
    ...(dryRun === true ? { dryRun: ["All"] } : {}),
  });
}
