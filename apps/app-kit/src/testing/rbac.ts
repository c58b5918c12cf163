import { ensureNamespace, type Client, type KubernetesObject } from "operatorkit";
import { RoleBinding, type ClusterRole } from "operatorkit/kinds";
import { readObjects } from "../read-objects.ts";

/** What a `deploy/rbac.yaml` grants, so that checks run an operator with just that. */
export class Rbac {
  readonly #objects: readonly KubernetesObject[];

  private constructor(objects: readonly KubernetesObject[]) {
    this.#objects = objects;
  }

  static async read(file: URL): Promise<Rbac> {
    return new Rbac(await readObjects(file));
  }

  /** Whom it is granted to. Its name is the operator's. */
  get serviceAccount(): { readonly name: string; readonly namespace: string } {
    const { name, namespace = "default" } = this.#one("ServiceAccount").metadata;
    return { name, namespace };
  }

  get clusterRole(): ClusterRole {
    return this.#one("ClusterRole") as ClusterRole;
  }

  /** What `kubectl apply -f` does. */
  async apply(admin: Client): Promise<void> {
    for (const object of this.#objects) {
      if (object.metadata.namespace !== undefined) await ensureNamespace(admin, object.metadata.namespace);
      await admin.apply(object, { fieldManager: "deploy", force: true });
    }
  }

  /** Grants in a check's namespace what it grants in the one namespace the operator looks after. */
  async applyIn(namespace: string, admin: Client): Promise<void> {
    for (const binding of this.#objects) {
      if (binding.kind !== "RoleBinding") continue;
      await ensureNamespace(admin, namespace);
      await admin.apply({ ...(binding as RoleBinding), metadata: { ...binding.metadata, namespace } }, { fieldManager: "deploy" });
    }
  }

  #one(kind: string): KubernetesObject {
    const object = this.#objects.find((other) => other.kind === kind);
    if (object === undefined) throw new Error(`deploy/rbac.yaml has no ${kind}`);
    return object;
  }
}
