import type { Deployment, ReplicaSet } from "@operatorkit/object/kinds";
import fc from "fast-check";
import { expect, it } from "vitest";
import { rollingLimits } from "./rolling-limits.ts";
import { rolloutStep } from "./rollout.ts";

type Strategy = NonNullable<NonNullable<Deployment["spec"]>["strategy"]>;

const deployment = (replicas: number, strategy?: Strategy): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [] } },
    ...(strategy === undefined ? {} : { strategy }),
  },
});
const replicaSet = (name: string, replicas: number, available = replicas): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name, namespace: "default", creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: { replicas, selector: { matchLabels: { app: "web" } } },
  status: { replicas, readyReplicas: available, availableReplicas: available },
});

it("goes to full size at once when there is nothing older", () => {
  expect(rolloutStep(deployment(3), undefined, [])).toEqual({ current: 3, older: new Map() });
});

it("scales the current set down as well as up", () => {
  expect(rolloutStep(deployment(1), replicaSet("new", 4), []).current).toBe(1);
});

it("adds no more than maxSurge and removes nothing that is needed", () => {
  const step = rolloutStep(deployment(4, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }), replicaSet("new", 0), [
    replicaSet("old", 4),
  ]);
  expect(step).toEqual({ current: 1, older: new Map() });
});

it("re-creates only when all older pods are gone", () => {
  const recreate = { type: "Recreate" } as const;
  expect(rolloutStep(deployment(2, recreate), undefined, [replicaSet("old", 2)])).toEqual({ current: 0, older: new Map([["old", 0]]) });
  const stopped: ReplicaSet = { ...replicaSet("old", 0), status: { replicas: 1 } };
  expect(rolloutStep(deployment(2, recreate), undefined, [stopped]).current).toBe(0);
  expect(rolloutStep(deployment(2, recreate), undefined, [replicaSet("old", 0)]).current).toBe(2);
});

it("lets one pod be unavailable when neither surge nor unavailability is allowed", () => {
  expect(rollingLimits(deployment(2, { rollingUpdate: { maxSurge: 0, maxUnavailable: "10%" } }), 2)).toEqual({
    maxSurge: 0,
    maxUnavailable: 1,
  });
});

it("always ends, within its limits, whatever the sizes and however slowly pods become available", () => {
  const limit = fc.oneof(
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
      limit,
      limit,
      fc.infiniteStream(fc.boolean()),
      (wanted, sizes, maxSurge, maxUnavailable, becomes) => {
        const subject = deployment(wanted, { rollingUpdate: { maxSurge, maxUnavailable } });
        const limits = rollingLimits(subject, wanted);
        const starting = sizes.reduce((sum, size) => sum + size, 0);
        let current = replicaSet("new", 0);
        let older = sizes.map((size, i) => replicaSet(`old-${i}`, size));
        let steps = 0;
        while (current.status?.availableReplicas !== wanted || older.some(({ spec }) => spec?.replicas !== 0)) {
          steps += 1;
          if (steps > 500) throw new Error("the rollout does not end");
          const step = rolloutStep(subject, current, older);
          const available = Math.min(current.status?.availableReplicas ?? 0, step.current);
          // One more pod becomes available now and then: at least every eighth step.
          const more = becomes.next().value === true || steps % 8 === 0 ? 1 : 0;
          current = replicaSet("new", step.current, Math.min(step.current, available + more));
          older = older.map((set) => replicaSet(set.metadata.name, step.older.get(set.metadata.name) ?? set.spec?.replicas ?? 0));
          const total = older.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), current.spec?.replicas ?? 0);
          const serving = older.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), current.status?.availableReplicas ?? 0);
          expect(total).toBeLessThanOrEqual(Math.max(starting, wanted + limits.maxSurge));
          expect(serving).toBeGreaterThanOrEqual(Math.min(starting, wanted - limits.maxUnavailable));
        }
      },
    ),
    { numRuns: 300 },
  );
});
