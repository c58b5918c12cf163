import type { KindRef } from "./kind.ts";
import type { KubernetesObject, ObjectMeta, OwnerReference } from "./kubernetes-object.ts";

export interface OwnerReferenceOptions {
  /** The owner is the one that manages the object; at most one owner is. @default true */
  readonly controller?: boolean;
  /** Foreground deletion of the owner waits until the object is gone. @default true */
  readonly blockOwnerDeletion?: boolean;
}

/** What an owner needs to have been given by an API server. */
export interface Owner {
  readonly metadata: Pick<ObjectMeta, "name" | "namespace" | "uid">;
}

/** A dependent that may not be on the server yet. */
export interface Dependent {
  readonly metadata: Pick<ObjectMeta, "namespace" | "ownerReferences"> & { readonly name?: string };
}

/** What `withOwner` makes of an object. */
export interface Owned {
  readonly metadata: { readonly ownerReferences: readonly OwnerReference[] };
}

/** An object cannot be owned as asked. `code` says why. */
export class OwnerReferenceError extends Error {
  override readonly name = "OwnerReferenceError";
  readonly code: "CrossNamespace" | "AlreadyControlled" | "OwnerWithoutUid";

  constructor(code: OwnerReferenceError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A reference that makes an object belong to its owner: the garbage collector deletes it once all of its owners are gone.
 * @param kind the owner's: a `Kind`, or the owner itself when it carries apiVersion and kind
 * @throws {OwnerReferenceError} when the owner has no uid, for it was not read from a server
 */
export function ownerReferenceTo(owner: Owner, kind: KindRef, options: OwnerReferenceOptions = {}): OwnerReference {
  const { name, uid } = owner.metadata;
  if (uid === undefined || uid === "") {
    throw new OwnerReferenceError(
      "OwnerWithoutUid",
      `refer to ${kind.kind} ${nameOf(owner)}: it has no metadata.uid; use the object a server returned`,
    );
  }
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    name,
    uid,
    controller: options.controller ?? true,
    blockOwnerDeletion: options.blockOwnerDeletion ?? true,
  };
}

/**
 * The object with an owner added; the very same object when it is there already as asked. An older reference to the same owner is replaced.
 * @throws {OwnerReferenceError} when the owner is in another namespace, or in one at all while the object is in none (the garbage
 * collector would take the owner for gone and delete the object), and when another owner is its controller already
 */
export function withOwner<T extends Dependent>(object: T, owner: Owner, kind: KindRef, options: OwnerReferenceOptions = {}): T & Owned {
  const reference = ownerReferenceTo(owner, kind, options);
  refuseOtherNamespace(object, owner, kind);
  const references = object.metadata.ownerReferences ?? [];
  const controller = controllerOf(object);
  if (reference.controller === true && controller !== undefined && controller.uid !== reference.uid) {
    const other = `${controller.kind} ${controller.name}`;
    const what = `let ${kind.kind} ${nameOf(owner)} control ${nameOf(object)}`;
    throw new OwnerReferenceError(
      "AlreadyControlled",
      `${what}: ${other} does so already; an object has one controller, pass controller: false`,
    );
  }
  const at = references.findIndex(({ uid }) => uid === reference.uid);
  const before = references[at];
  // It has the reference, so it has references.
  if (before !== undefined && isSame(before, reference)) return object as T & Owned;
  const next = at === -1 ? [...references, reference] : references.with(at, reference);
  return { ...object, metadata: { ...object.metadata, ownerReferences: next } };
}

/** The reference to the owner that manages an object. */
export function controllerOf(object: Pick<Dependent, "metadata">): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether `owner` is among the owners of an object. Compared by uid: an owner made anew under the old name is another. */
export function isOwnedBy(object: Pick<Dependent, "metadata">, owner: Pick<KubernetesObject, "metadata">): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && object.metadata.ownerReferences?.some((reference) => reference.uid === uid) === true;
}

/** Whether `owner` is the owner that manages an object. */
export function isControlledBy(object: Pick<Dependent, "metadata">, owner: Pick<KubernetesObject, "metadata">): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && controllerOf(object)?.uid === uid;
}

function refuseOtherNamespace(object: Dependent, owner: Owner, kind: KindRef): void {
  const { namespace = "" } = owner.metadata;
  const own = object.metadata.namespace ?? "";
  if (namespace === "" || namespace === own) return;
  const what = `let ${kind.kind} ${nameOf(owner)} own ${nameOf(object)}`;
  const why =
    own === "" ? "an object without a namespace cannot have an owner in one" : `they are in different namespaces, ${namespace} and ${own}`;
  throw new OwnerReferenceError("CrossNamespace", `${what}: ${why}; label the object instead, and delete it in a finalizer`);
}

function isSame(a: OwnerReference, b: OwnerReference): boolean {
  return (
    a.apiVersion === b.apiVersion &&
    a.kind === b.kind &&
    a.name === b.name &&
    (a.controller ?? false) === b.controller &&
    (a.blockOwnerDeletion ?? false) === b.blockOwnerDeletion
  );
}

function nameOf({ metadata }: { readonly metadata: { readonly name?: string; readonly namespace?: string } }): string {
  const name = metadata.name ?? "(unnamed)";
  return metadata.namespace === undefined || metadata.namespace === "" ? name : `${metadata.namespace}/${name}`;
}
