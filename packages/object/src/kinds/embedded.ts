import type { KubernetesObject, ObjectMeta } from "../kubernetes-object.ts";

/** An object written inside another (a volume claim template): it may leave out what only a stored object needs. */
export type Embedded<T extends KubernetesObject> = Omit<T, "apiVersion" | "kind" | "metadata"> & {
  readonly apiVersion?: T["apiVersion"];
  readonly kind?: T["kind"];
  readonly metadata?: Partial<ObjectMeta>;
};
