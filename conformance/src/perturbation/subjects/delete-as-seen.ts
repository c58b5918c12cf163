import { ignoreNotFound, isConflict, type Client, type Kind, type ObjectRef } from "operatorkit";

/**
 * Deletes an object only as it is, again when somebody wrote in between: kube-apiserver loses a finalizer that is added between the look and
 * the removal of a delete without a version (apiserver `registry/store.go` Delete looks for finalizers once, and repeats only the removal when
 * it conflicts). For operators that cannot notice: `Controller` and `ResourceController` can.
 */
export async function deleteAsSeen(admin: Client, kind: Kind, ref: ObjectRef): Promise<void> {
  for (;;) {
    const seen = await ignoreNotFound(admin.get(kind, ref));
    if (seen === undefined) return;
    const { resourceVersion = "" } = seen.metadata;
    try {
      return await ignoreNotFound(admin.delete(kind, ref, { preconditions: { resourceVersion } }));
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
