import type { DeleteOptions } from "@operatorkit/api";
import type { ObjectRef } from "@operatorkit/object";
import { objectPath } from "../request/resource-path.ts";
import { jsonBody, nameOf, type Caller } from "../verbs/caller.ts";
import { deleteBody } from "../verbs/delete-objects.ts";
import { PodKind } from "./pod-kind.ts";

/** @see KubernetesClient.evict */
export async function evictPod(caller: Caller, ref: ObjectRef, options: DeleteOptions): Promise<void> {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: ref.name, namespace: ref.namespace },
    deleteOptions: deleteBody(options)?.json,
  };
  const path = (): string => objectPath(PodKind, ref, "eviction");
  const call = caller.call("create", { kind: PodKind, ref, subresource: "eviction" }, "POST", path, options, jsonBody(eviction));
  await caller.core.requester.bytes({ ...call, action: `evict ${nameOf({ kind: PodKind, ref })}`, mayRetry: false });
}
