import { isConflict, isNotFound, type Client, type Kind, type KubernetesObject, type Manifest } from "operatorkit";

/**
 * Creates an object and deletes it at once, before anybody may have seen it. Deleted only as it was created, or else after a second look: kube-apiserver
 * loses a finalizer that is added between the look and the removal of a delete without preconditions (apiserver `registry/store.go` Delete
 * looks for finalizers once, and repeats only the removal when it conflicts), and then no operator can clean up.
 */
export async function comesAndGoes<T extends KubernetesObject>(admin: Client, kind: Kind<T>, object: Manifest<T>): Promise<void> {
  const { metadata } = await admin.create<T>(object);
  const { resourceVersion = "" } = metadata;
  try {
    await admin.delete(kind, metadata, { preconditions: { resourceVersion } });
  } catch (error) {
    if (isNotFound(error)) return;
    if (!isConflict(error)) throw error;
    await admin.delete(kind, metadata);
  }
}
