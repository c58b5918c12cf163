/**
 * The shape every Kubernetes object has. Objects are plain JSON, kept whole and treated as immutable values: every
 * property is `readonly`, so an object from a cache and a literal of yours have the same type. Take `mutableCopy` to change one.
 *
 * Source: k8s.io/apimachinery `meta/v1` types.
 */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/**
 * An object of which only the identity and the metadata are there, the way the API server sends it when asked to (`PartialObjectMetadata` of
 * k8s.io/apimachinery). Its `apiVersion` and `kind` are the object's own.
 */
export type PartialObjectMetadata<T extends KubernetesObject = KubernetesObject> = Pick<T, "apiVersion" | "kind" | "metadata">;

/** What a list or a patch may hold before the server has named it. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: "Apply" | "Update";
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: "FieldsV1";
  readonly fieldsV1?: FieldsV1;
  readonly subresource?: string;
}

/** Nested field paths: `f:name`, `k:{"key":"value"}`, `v:"value"`, `i:0` or `.` to the fields below. */
export interface FieldsV1 {
  readonly [path: string]: FieldsV1;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** An object on its way to the server: its name may be left to `generateName`. */
export type Manifest<T extends KubernetesObject = KubernetesObject> = Omit<T, "metadata"> & {
  readonly metadata: Omit<ObjectMeta, "name"> & ({ readonly name: string } | { readonly name?: string; readonly generateName: string });
};

/** `T` without `readonly`, all the way down: what `mutableCopy` returns. */
export type Mutable<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? Mutable<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
      : T;

/** `T` with `readonly`, all the way down. */
export type Immutable<T> = T extends Scalar
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

/** Left as they are, branded ones (`string & { … }`) too. */
type Scalar = string | number | boolean | bigint | null | undefined;

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
