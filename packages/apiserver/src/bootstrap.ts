import type { JsonObject } from "./json-object.ts";
import { timestamp } from "./rules/deletion.ts";
import { NAMESPACES } from "./verbs/prepared-object.ts";
import type { ServerContext } from "./server-context.ts";

const NAMES = ["kube-system", "kube-public", "kube-node-lease", "default"];

/** What a new cluster has before anyone writes to it: its namespaces. Source: k8s.io/kubernetes `pkg/controlplane/controller/systemnamespaces`. */
export function bootstrap({ store, clock, randomUuid }: ServerContext): void {
  const namespaces = store.collection(NAMESPACES);
  for (const name of NAMES) {
    const namespace: JsonObject = {
      kind: "Namespace",
      apiVersion: "v1",
      metadata: { name, uid: randomUuid(), creationTimestamp: timestamp(clock.now()), labels: { "kubernetes.io/metadata.name": name } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    };
    namespaces.put("", name, namespace);
  }
}
