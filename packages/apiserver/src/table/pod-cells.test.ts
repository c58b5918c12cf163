import { describe, expect, it } from "vitest";
import type { JsonObject } from "../json-object.ts";
import { podCells, readinessGates } from "./pod-cells.ts";

const NOW = Date.parse("2026-01-01T01:00:00Z");

function container(name: string, state: JsonObject, more: JsonObject = {}): JsonObject {
  return { name, ready: false, restartCount: 0, state, ...more };
}

function pod(status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { metadata, spec: { containers: [{ name: "c1" }, { name: "c2" }], ...spec }, status };
}

const up = { running: { startedAt: "2026-01-01T00:00:00Z" } };
const done = { terminated: { exitCode: 0, reason: "Completed" } };
const inits = { initContainers: [{ name: "i1" }, { name: "i2" }] };

// Measured on kube-apiserver 1.36.3: the same statuses were written there and its tables read.
describe("podCells", () => {
  it.each<[string, JsonObject, string, string, string]>([
    ["no status yet", pod({ phase: "Pending" }), "0/2", "Pending", "0"],
    [
      "all running",
      pod({ phase: "Running", containerStatuses: [container("c1", up, { ready: true }), container("c2", up, { ready: true })] }),
      "2/2",
      "Running",
      "0",
    ],
    [
      "restarted",
      pod({
        phase: "Running",
        containerStatuses: [
          container("c1", up, { ready: true, restartCount: 2, lastState: { terminated: { finishedAt: "2026-01-01T00:10:00Z" } } }),
          container("c2", up, { ready: true, restartCount: 1 }),
        ],
      }),
      "2/2",
      "Running",
      "3 (50m ago)",
    ],
    [
      "waiting",
      pod({
        phase: "Running",
        containerStatuses: [
          container("c1", { waiting: { reason: "CrashLoopBackOff" } }, { restartCount: 5 }),
          container("c2", up, { ready: true }),
        ],
      }),
      "1/2",
      "CrashLoopBackOff",
      "5",
    ],
    [
      "ended badly",
      pod({
        phase: "Failed",
        containerStatuses: [container("c1", { terminated: { exitCode: 1, reason: "Error" } }), container("c2", done)],
      }),
      "0/2",
      "Error",
      "0",
    ],
    [
      "ended without a reason",
      pod({ phase: "Failed", containerStatuses: [container("c1", { terminated: { exitCode: 3 } })] }),
      "0/2",
      "ExitCode:3",
      "0",
    ],
    [
      "ended by a signal",
      pod({ phase: "Failed", containerStatuses: [container("c1", { terminated: { exitCode: 0, signal: 9 } })] }),
      "0/2",
      "Signal:9",
      "0",
    ],
    [
      "one done, one running, not ready",
      pod({ phase: "Running", containerStatuses: [container("c1", done), container("c2", up, { ready: true })] }),
      "1/2",
      "NotReady",
      "0",
    ],
    [
      "one done, one running, ready",
      pod({
        phase: "Running",
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [container("c1", done), container("c2", up, { ready: true })],
      }),
      "1/2",
      "Running",
      "0",
    ],
    ["evicted", pod({ phase: "Failed", reason: "Evicted" }), "0/2", "Evicted", "0"],
    ["gated", pod({ phase: "Pending", conditions: [{ type: "PodScheduled", reason: "SchedulingGated" }] }), "0/2", "SchedulingGated", "0"],
    [
      "initializing",
      pod(
        {
          phase: "Pending",
          initContainerStatuses: [
            container("i1", { terminated: { exitCode: 0 } }, { restartCount: 1 }),
            container("i2", up, { restartCount: 3 }),
          ],
        },
        inits,
      ),
      "0/2",
      "Init:1/2",
      "4",
    ],
    [
      "init failed",
      pod({ phase: "Pending", initContainerStatuses: [container("i1", { terminated: { exitCode: 2 } }, { restartCount: 1 })] }, inits),
      "0/2",
      "Init:ExitCode:2",
      "1",
    ],
    [
      "init waits",
      pod({ phase: "Pending", initContainerStatuses: [container("i1", { waiting: { reason: "ImagePullBackOff" } })] }, inits),
      "0/2",
      "Init:ImagePullBackOff",
      "0",
    ],
    [
      "init starts",
      pod({ phase: "Pending", initContainerStatuses: [container("i1", { waiting: { reason: "PodInitializing" } })] }, inits),
      "0/2",
      "Init:0/2",
      "0",
    ],
    [
      "with a sidecar",
      pod(
        {
          phase: "Running",
          initContainerStatuses: [container("i1", up, { ready: true, started: true, restartCount: 4 })],
          containerStatuses: [container("c1", up, { ready: true }), container("c2", up)],
        },
        { initContainers: [{ name: "i1", restartPolicy: "Always" }] },
      ),
      "2/3",
      "Running",
      "4",
    ],
    ["terminating", pod({ phase: "Running" }, {}, { deletionTimestamp: "x" }), "0/2", "Terminating", "0"],
    ["terminating on a lost node", pod({ phase: "Running", reason: "NodeLost" }, {}, { deletionTimestamp: "x" }), "0/2", "Unknown", "0"],
    ["deleted when done", pod({ phase: "Succeeded" }, {}, { deletionTimestamp: "x" }), "0/2", "Succeeded", "0"],
  ])("%s", (_what, object, ready, status, restarts) => {
    expect(podCells(object, NOW)).toEqual({ ready, status, restarts });
  });
});

describe("readinessGates", () => {
  it("counts the gates that hold", () => {
    expect(readinessGates(pod({}))).toBe("<none>");
    const gates = { readinessGates: [{ conditionType: "a/b" }, { conditionType: "c/d" }] };
    expect(readinessGates(pod({ conditions: [{ type: "a/b", status: "True" }] }, gates))).toBe("1/2");
  });
});
