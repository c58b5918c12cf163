import type { KubernetesObject, OwnerReference } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { collectionDecision, type OwnerState } from "./collection-decision.ts";

const owner = (uid: string, blockOwnerDeletion = false): OwnerReference => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name: uid,
  uid,
  blockOwnerDeletion,
});

function object(owners: readonly OwnerReference[], deletionTimestamp?: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "child", uid: "child", ownerReferences: owners, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  };
}

function decide(owners: readonly OwnerReference[], states: Record<string, OwnerState>, deletionTimestamp?: string) {
  return collectionDecision(object(owners, deletionTimestamp), ({ uid }) => states[uid] ?? "absent");
}

describe("collectionDecision", () => {
  it("keeps an object without owners", () => {
    expect(decide([], {})).toEqual({ type: "keep" });
  });

  it("keeps an object whose owners are all there", () => {
    expect(decide([owner("a"), owner("b")], { a: "present", b: "present" })).toEqual({ type: "keep" });
  });

  it("keeps what is being deleted already", () => {
    expect(decide([owner("a")], { a: "absent" }, "2026-01-01T00:00:00Z")).toEqual({ type: "keep" });
  });

  it("deletes an object when its last owner is gone", () => {
    expect(decide([owner("a"), owner("b")], { a: "absent", b: "absent" })).toEqual({ type: "delete", propagationPolicy: "Background" });
  });

  it("drops the references to owners that are gone while another is there", () => {
    expect(decide([owner("a"), owner("b")], { a: "absent", b: "present" })).toEqual({ type: "drop-owners", ownerReferences: [owner("b")] });
  });

  it("deletes in the foreground what its owner waits for", () => {
    expect(decide([owner("a", true)], { a: "deleting-dependents" })).toEqual({ type: "delete", propagationPolicy: "Foreground" });
  });

  it("deletes in the background what its owner does not wait for", () => {
    expect(decide([owner("a", false)], { a: "deleting-dependents" })).toEqual({ type: "delete", propagationPolicy: "Background" });
  });

  it("keeps an object that has an owner beside one that deletes its dependents", () => {
    expect(decide([owner("a", true), owner("b")], { a: "deleting-dependents", b: "present" })).toEqual({
      type: "drop-owners",
      ownerReferences: [owner("b")],
    });
  });
});
