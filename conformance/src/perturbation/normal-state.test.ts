import type { KubernetesObject } from "operatorkit";
import { describe, expect, it } from "vitest";
import { normalState } from "./normal-state.ts";

function object(metadata: Partial<KubernetesObject["metadata"]>, rest: object = {}): KubernetesObject {
  return { apiVersion: "v1", kind: "Thing", metadata: { name: "a", namespace: "n-1", ...metadata }, ...rest };
}

describe("the normal state", () => {
  it("is the same for what differs between any two runs", () => {
    const one = object(
      { uid: "1", resourceVersion: "5", generation: 3, creationTimestamp: "2026-01-01T00:00:00Z" },
      { status: { observedGeneration: 3, at: "2026-01-01T00:00:00Z", endpoints: ["10.0.0.1:80"], dns: "a.n-1.svc" } },
    );
    const other = object(
      { uid: "2", namespace: "n-2", resourceVersion: "9", generation: 7, creationTimestamp: "2026-02-01T00:00:00Z" },
      { status: { dns: "a.n-2.svc", endpoints: ["10.0.0.9:80"], at: "2026-03-01T00:00:00Z", observedGeneration: 7 } },
    );
    expect(normalState([one])).toEqual(normalState([other]));
  });

  it.each<[string, KubernetesObject]>([
    ["an old status", object({ generation: 2 }, { status: { observedGeneration: 1 } })],
    ["a deletion", object({ generation: 1, deletionTimestamp: "2026-01-01T00:00:00Z" }, { status: { observedGeneration: 1 } })],
    ["a finalizer", object({ generation: 1, finalizers: ["example.com/a"] }, { status: { observedGeneration: 1 } })],
    ["a label", object({ generation: 1, labels: { a: "b" } }, { status: { observedGeneration: 1 } })],
  ])("tells %s", (_, changed) => {
    expect(normalState([changed])).not.toEqual(normalState([object({ generation: 1 }, { status: { observedGeneration: 1 } })]));
  });

  it("tells an owner that is there from one that is gone", () => {
    const owner = object({ uid: "1" });
    const child = (uid: string): KubernetesObject =>
      object({ name: "child", ownerReferences: [{ apiVersion: "v1", kind: "Thing", name: "a", uid, controller: true }] });
    expect(normalState([owner, child("1")])).not.toEqual(normalState([owner, child("2")]));
  });

  it("tells generated names by what they were made from, wherever they stand", () => {
    const run = (name: string): readonly string[] =>
      normalState([object({ name, generateName: "worker-" }), object({ name: "list" }, { status: { names: [name] } })]);
    expect(run("worker-abc")).toEqual(run("worker-xyz"));
    expect(run("worker-abc").join()).toContain('"names":["worker-*"]');
  });
});
