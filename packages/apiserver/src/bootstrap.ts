import { bootstrapBindings, bootstrapRoles } from "./auth/bootstrap-policy.ts";
import type { JsonObject } from "./json-object.ts";
import { stringAt } from "./json-object.ts";
import { timestamp } from "./rules/deletion.ts";
import { NAMESPACES } from "./verbs/prepared-object.ts";
import type { ServerContext } from "./server-context.ts";

const NAMES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** What a new cluster has before anyone writes to it: namespaces and roles. Source: k8s.io/kubernetes `pkg/controlplane/controller/systemnamespaces`. */
export function bootstrap({ store, clock, randomUuid }: ServerContext): void {
  const fresh = (): JsonObject => ({ uid: randomUuid(), creationTimestamp: timestamp(clock.now()) });
  const namespaces = store.collection(NAMESPACES);
  for (const name of NAMES) {
    const namespace: JsonObject = {
      kind: "Namespace",
      apiVersion: "v1",
      metadata: { name, ...fresh(), labels: { "kubernetes.io/metadata.name": name } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    };
    namespaces.put("", name, namespace);
  }
  const policy = { clusterroles: bootstrapRoles(fresh), clusterrolebindings: bootstrapBindings(fresh) };
  for (const [plural, objects] of Object.entries(policy)) {
    const collection = store.collection(`${plural}.rbac.authorization.k8s.io`);
    for (const object of objects) collection.put("", stringAt(object["metadata"], "name"), object);
  }
}
