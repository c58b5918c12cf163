import type { Pod } from "operatorkit/kinds";
import { describe, expect, it } from "vitest";
import type { Jinghzhu } from "./jinghzhu.ts";
import { scalingFor } from "./scaling.ts";

function pod(name: string, second: number, more: { going?: boolean; phase?: "Failed" | "Running" } = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      creationTimestamp: `2026-01-01T00:00:0${second}Z`,
      ...(more.going === true && { deletionTimestamp: "2026-01-01T00:01:00Z" }),
    },
    ...(more.phase !== undefined && { status: { phase: more.phase } }),
  };
}

function jinghzhu(desired: number, observedGeneration?: number): Jinghzhu {
  const status = { current: 2, podList: [], state: "Running", ...(observedGeneration !== undefined && { observedGeneration }) };
  return {
    apiVersion: "jinghzhu.io/v1",
    kind: "Jinghzhu",
    metadata: { name: "a", generation: 2 },
    spec: { desired },
    ...(observedGeneration !== undefined && { status }),
  };
}

const [old, middle, young] = [pod("z-old", 1), pod("a-middle", 2), pod("m-young", 3)];

describe("how a Jinghzhu is scaled", () => {
  it.each<[string, Jinghzhu, readonly Pod[], number, string[], string[], string | undefined]>([
    ["it is new", jinghzhu(2), [], 2, [], [], "Starting"],
    ["as many are alive as desired", jinghzhu(2, 2), [young, old], 0, [], ["z-old", "m-young"], undefined],
    ["none are desired and none there", jinghzhu(0, 2), [], 0, [], [], undefined],
    ["its spec asks for more", jinghzhu(3, 1), [old, young], 1, [], ["z-old", "m-young"], "Scaling Out"],
    ["its spec asks for fewer: the oldest go", jinghzhu(1, 1), [young, middle, old], 0, ["z-old", "a-middle"], ["m-young"], "Scaling In"],
    ["its spec asks for none", jinghzhu(0, 1), [young, old], 0, ["z-old", "m-young"], [], "Scaling In"],
    ["a pod was lost", jinghzhu(2, 2), [old], 1, [], ["z-old"], "Need to do HA"],
    ["a pod is going", jinghzhu(2, 2), [old, pod("b", 2, { going: true })], 1, [], ["z-old"], "Need to do HA"],
    ["a pod has ended", jinghzhu(2, 2), [old, pod("b", 2, { phase: "Failed" })], 1, [], ["z-old"], "Need to do HA"],
  ])("%s", (_, object, pods, create, remove, keep, message) => {
    const scaling = scalingFor(object, pods);
    const names = (of: readonly Pod[]): string[] => of.map(({ metadata }) => metadata.name);
    expect([scaling.create, names(scaling.remove), names(scaling.keep), scaling.message]).toEqual([create, remove, keep, message]);
  });
});
