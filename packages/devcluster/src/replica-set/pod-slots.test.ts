import type { Pod, ReplicaSet } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { podSlots } from "./pod-slots.ts";

const replicaSet = (replicas: number, deletionTimestamp?: string): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "web-abc", namespace: "default", uid: "u-1", ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  spec: { replicas, selector: { matchLabels: { app: "web" } } },
});
const pod = (name: string, rest: { phase?: "Failed"; deletionTimestamp?: string } = {}): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default", ...(rest.deletionTimestamp === undefined ? {} : { deletionTimestamp: rest.deletionTimestamp }) },
  ...(rest.phase === undefined ? {} : { status: { phase: rest.phase } }),
});
const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

it("asks for one pod per replica, under names that stay the same", () => {
  const first = podSlots(replicaSet(3), []);
  expect(first.missing).toHaveLength(3);
  expect(new Set(first.missing).size).toBe(3);
  expect(first.missing.every((name) => /^web-abc-[a-z0-9]{5}$/.test(name))).toBe(true);
  expect(podSlots(replicaSet(3), []).missing).toEqual(first.missing);
});

it("asks for nothing when all are there", () => {
  const { missing } = podSlots(replicaSet(3), []);
  expect(
    podSlots(
      replicaSet(3),
      missing.map((name) => pod(name)),
    ),
  ).toEqual({ missing: [], surplus: [] });
});

it("gives up the highest slots when the set shrinks", () => {
  const { missing } = podSlots(replicaSet(3), []);
  const { surplus } = podSlots(
    replicaSet(1),
    missing.map((name) => pod(name)),
  );
  expect(names(surplus)).toEqual(missing.slice(1));
});

it("waits for a pod that is going away before it fills the slot again", () => {
  const [first = ""] = podSlots(replicaSet(1), []).missing;
  expect(podSlots(replicaSet(1), [pod(first, { deletionTimestamp: "2026-01-01T00:00:00Z" })])).toEqual({ missing: [], surplus: [] });
});

it("removes a pod that has ended, so that its slot is filled again", () => {
  const [first = ""] = podSlots(replicaSet(1), []).missing;
  expect(names(podSlots(replicaSet(1), [pod(first, { phase: "Failed" })]).surplus)).toEqual([first]);
});

it("asks for no pod when the set itself is going away", () => {
  expect(podSlots(replicaSet(2, "2026-01-01T00:00:00Z"), []).missing).toEqual([]);
});
