import { isNotFound } from "@operatorkit/api";
import { Controller } from "@operatorkit/controller";
import { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import type { Clock } from "@operatorkit/observe";
import { deploymentStatus } from "./deployment-status.ts";
import { replicaSetFor, templateHash, TEMPLATE_HASH_LABEL } from "./replica-set-for.ts";
import { rolloutStep } from "./rollout.ts";

/** Keeps ReplicaSets for Deployments: rolling updates, re-creation, clean-up of old sets. */
export function deploymentController({ clock }: { readonly clock: Clock }): Controller<Deployment> {
  return new Controller({
    name: "deployment-controller",
    for: Deployment,
    owns: [ReplicaSet],
    async reconcile({ object, api, own, cache }) {
      const sets = cache.owned(ReplicaSet);
      const hash = templateHash(object);
      const current = sets.find(({ metadata }) => metadata.labels?.[TEMPLATE_HASH_LABEL] === hash);
      const older = sets.filter((set) => set !== current && set.metadata.deletionTimestamp === undefined);

      const step = rolloutStep(object, current, older);
      // A paused Deployment is still scaled, but no new template is rolled out.
      if (object.spec?.paused !== true || current !== undefined) await api.apply(own(replicaSetFor(object, hash, step.current)));
      if (object.spec?.paused !== true) {
        for (const [name, replicas] of step.older) {
          await gone(
            api.patch(ReplicaSet, { namespace: object.metadata.namespace ?? "", name }, { type: "merge", body: { spec: { replicas } } }),
          );
        }
        for (const { metadata } of outdated(object, older)) {
          await gone(api.delete(ReplicaSet, metadata, { propagationPolicy: "Background", preconditions: { uid: metadata.uid ?? "" } }));
        }
      }
      return { status: deploymentStatus(object, current, older, clock.now()) };
    },
  });
}

/** Empty old sets beyond the history limit, oldest first. */
function outdated(deployment: Deployment, older: readonly ReplicaSet[]): ReplicaSet[] {
  const empty = older
    .filter(({ spec, status }) => spec?.replicas === 0 && (status?.replicas ?? 0) === 0)
    .sort((a, b) => (a.metadata.creationTimestamp ?? "").localeCompare(b.metadata.creationTimestamp ?? ""));
  return empty.slice(0, Math.max(0, empty.length - (deployment.spec?.revisionHistoryLimit ?? 10)));
}

/** What is to be changed may be gone by now, and that is as good. */
async function gone(done: Promise<unknown>): Promise<void> {
  await done.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
