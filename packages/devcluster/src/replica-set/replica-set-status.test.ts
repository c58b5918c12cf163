import type { Pod, ReplicaSet } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { replicaSetStatus } from "./replica-set-status.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const replicaSet = (minReadySeconds: number): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "web", namespace: "default", generation: 3 },
  spec: { replicas: 2, minReadySeconds, selector: { matchLabels: { app: "web" } }, template: { metadata: { labels: { app: "web" } } } },
});
const pod = (
  name: string,
  readySince?: string,
  more: { labels?: Record<string, string>; deletionTimestamp?: string; phase?: "Failed" } = {},
): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    labels: more.labels ?? { app: "web" },
    ...(more.deletionTimestamp === undefined ? {} : { deletionTimestamp: more.deletionTimestamp }),
  },
  status: {
    phase: more.phase ?? "Running",
    conditions: readySince === undefined ? [] : [{ type: "Ready", status: "True", lastTransitionTime: readySince }],
  },
});

it("counts pods that are there, labelled, ready, and ready for long enough", () => {
  const pods = [
    pod("old", "2026-01-01T11:59:00Z"),
    pod("young", "2026-01-01T11:59:58Z"),
    pod("not-ready"),
    pod("relabelled", "2026-01-01T11:59:00Z", { labels: {} }),
    pod("leaving", "2026-01-01T11:59:00Z", { deletionTimestamp: "2026-01-01T12:00:00Z" }),
    pod("failed", undefined, { phase: "Failed" }),
  ];
  expect(replicaSetStatus(replicaSet(10), pods, NOW_MS)).toEqual({
    replicas: 4,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 2,
    observedGeneration: 3,
  });
  expect(replicaSetStatus(replicaSet(0), pods, NOW_MS).availableReplicas).toBe(3);
});
