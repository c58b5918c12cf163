import type { KubernetesObject } from "./kubernetes-object.ts";

/** `namespace/name`, or the name alone for cluster-scoped objects: what queues and stores are keyed by. */
export type ObjectKey = string;

/** Where one object of a kind is. Leave `namespace` out for cluster-scoped objects. */
export interface ObjectRef {
  readonly name: string;
  readonly namespace?: string;
}

/** The key of an object or a reference. */
export function keyOf(of: ObjectRef | KubernetesObject): ObjectKey {
  const ref = "metadata" in of ? of.metadata : of;
  return ref.namespace === undefined || ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** The reference a key stands for; the inverse of `keyOf`. */
export function refOf(key: ObjectKey): ObjectRef {
  const slash = key.indexOf("/");
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
