import type { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import { safeHash } from "../replica-set/pod-slots.ts";

export const TEMPLATE_HASH_LABEL = "pod-template-hash";

/** Changes when, and only when, the pod template does. */
export function templateHash(deployment: Deployment): string {
  return safeHash(canonical(deployment.spec?.template), 10);
}

/** JSON with sorted keys, so that the order in which a server hands out fields does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The ReplicaSet of the Deployment's present template. */
export function replicaSetFor(deployment: Deployment, hash: string, replicas: number): ReplicaSet {
  const template = deployment.spec?.template;
  const labels = { ...template?.metadata?.labels, [TEMPLATE_HASH_LABEL]: hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: `${deployment.metadata.name}-${hash}`, namespace: deployment.metadata.namespace ?? "default", labels },
    spec: {
      replicas,
      minReadySeconds: deployment.spec?.minReadySeconds ?? 0,
      selector: { ...deployment.spec?.selector, matchLabels: { ...deployment.spec?.selector.matchLabels, [TEMPLATE_HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}
