import type { Pod } from "@operatorkit/object/kinds";
import { expect, it } from "vitest";
import { podStatus, readyAfterMs, READY_AFTER_ANNOTATION } from "./pod-status.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 12);
const pod: Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace: "default" },
  spec: { containers: [{ name: "c", image: "i" }] },
};

it("shows what a kubelet would write", () => {
  expect(podStatus({ pod, podIP: "10.244.0.1", isReady: true, nowMs: NOW_MS })).toMatchObject({
    phase: "Running",
    podIP: "10.244.0.1",
    podIPs: [{ ip: "10.244.0.1" }],
    startTime: "2026-01-01T12:00:00Z",
    containerStatuses: [{ name: "c", image: "i", ready: true, restartCount: 0 }],
  });
});

it("keeps the times of what did not change", () => {
  const first = podStatus({ pod, podIP: "10.244.0.1", isReady: false, nowMs: NOW_MS });
  const later = podStatus({ pod: { ...pod, status: first }, podIP: "10.244.0.1", isReady: true, nowMs: NOW_MS + 60_000 });
  expect(later.startTime).toBe("2026-01-01T12:00:00Z");
  expect(later.conditions?.map(({ type, status, lastTransitionTime }) => [type, status, lastTransitionTime])).toEqual([
    ["PodScheduled", "True", "2026-01-01T12:00:00Z"],
    ["Initialized", "True", "2026-01-01T12:00:00Z"],
    ["ContainersReady", "True", "2026-01-01T12:01:00Z"],
    ["Ready", "True", "2026-01-01T12:01:00Z"],
  ]);
  expect(podStatus({ pod: { ...pod, status: later }, podIP: "10.244.0.1", isReady: true, nowMs: NOW_MS + 90_000 })).toEqual(later);
});

it.each([
  [undefined, 500],
  ["0", 0],
  ["250", 250],
  ["never", undefined],
  ["-1", undefined],
  ["", undefined],
])("with the annotation %j becomes ready after %j ms", (value, expected) => {
  const annotated = {
    ...pod,
    metadata: { ...pod.metadata, ...(value === undefined ? {} : { annotations: { [READY_AFTER_ANNOTATION]: value } }) },
  };
  expect(readyAfterMs(annotated, 500)).toBe(expected);
});
