import type { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { deploymentStatus } from "./deployment-status.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const deployment: Deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", generation: 2 },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [] } },
  },
};
const replicaSet = (name: string, replicas: number, ready: number): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name },
  spec: { replicas, selector: {} },
  status: { replicas, readyReplicas: ready, availableReplicas: ready },
});
const conditions = ({ conditions: all }: ReturnType<typeof deploymentStatus>) =>
  Object.fromEntries((all ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

it("adds up its ReplicaSets", () => {
  const status = deploymentStatus(deployment, replicaSet("new", 2, 1), [replicaSet("old", 2, 2)], NOW_MS);
  expect(status).toMatchObject({
    observedGeneration: 2,
    replicas: 4,
    updatedReplicas: 2,
    readyReplicas: 3,
    availableReplicas: 3,
    unavailableReplicas: 0,
  });
  expect(conditions(status)).toEqual({ Available: "True MinimumReplicasAvailable", Progressing: "True ReplicaSetUpdated" });
});

it("is not available below its minimum", () => {
  expect(conditions(deploymentStatus(deployment, replicaSet("new", 3, 2), [], NOW_MS))).toMatchObject({
    Available: "False MinimumReplicasUnavailable",
  });
});

it("is done when all its pods are of the present template and available", () => {
  expect(conditions(deploymentStatus(deployment, replicaSet("new", 3, 3), [], NOW_MS))).toMatchObject({
    Progressing: "True NewReplicaSetAvailable",
  });
});

it("says the same again without new times", () => {
  const first = deploymentStatus(deployment, replicaSet("new", 3, 3), [], NOW_MS);
  expect(deploymentStatus({ ...deployment, status: first }, replicaSet("new", 3, 3), [], NOW_MS + 60_000)).toEqual(first);
});
