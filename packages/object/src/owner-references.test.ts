import { describe, expect, it } from "vitest";
import { controllerOf, isControlledBy, isOwnedBy, ownerReferenceTo, OwnerReferenceError, withOwner } from "./owner-references.ts";

const kind = { apiVersion: "cache.example.com/v1", kind: "Memcached" };
const owner = { ...kind, metadata: { name: "cache", namespace: "default", uid: "u1" } };
const clusterOwner = { ...kind, metadata: { name: "cache", uid: "u2" } };
const reference = { ...kind, name: "cache", uid: "u1", controller: true, blockOwnerDeletion: true };
const pod = { kind: "Pod", metadata: { name: "p", namespace: "default", labels: { a: "b" } } };
const node = { kind: "Node", metadata: { name: "n" } };

describe("ownerReferenceTo", () => {
  it("makes the owner the controller and blocks its deletion, unless told otherwise", () => {
    expect(ownerReferenceTo(owner, kind)).toEqual(reference);
    expect(ownerReferenceTo(owner, kind, { controller: false, blockOwnerDeletion: false })).toEqual({
      ...reference,
      controller: false,
      blockOwnerDeletion: false,
    });
  });

  it("refuses an owner that no server has seen", () => {
    const unborn = { metadata: { name: "cache", namespace: "default" } };
    expect(() => ownerReferenceTo(unborn, kind)).toThrow(expect.objectContaining({ code: "OwnerWithoutUid" }));
    expect(() => ownerReferenceTo(unborn, kind)).toThrow("refer to Memcached default/cache: it has no metadata.uid");
  });
});

describe("withOwner", () => {
  it("adds the reference and keeps everything else", () => {
    expect(withOwner(pod, owner, kind)).toEqual({ ...pod, metadata: { ...pod.metadata, ownerReferences: [reference] } });
  });

  it("returns the same object when the owner is there already", () => {
    const owned = withOwner(pod, owner, kind);
    expect(withOwner(owned, owner, kind)).toBe(owned);
  });

  it("replaces an older reference to the same owner in its place", () => {
    const second = { ...reference, uid: "u9", controller: false };
    const owned = {
      metadata: { namespace: "default", ownerReferences: [{ ...reference, apiVersion: "cache.example.com/v1alpha1" }, second] },
    };
    expect(withOwner(owned, owner, kind).metadata.ownerReferences).toEqual([reference, second]);
  });

  it("refuses a second controller, but not a second owner", () => {
    const owned = withOwner(pod, owner, kind);
    expect(() => withOwner(owned, clusterOwner, kind)).toThrow(
      "let Memcached cache control default/p: Memcached cache does so already; an object has one controller",
    );
    expect(() => withOwner(owned, clusterOwner, kind)).toThrow(expect.objectContaining({ code: "AlreadyControlled" }));
    expect(withOwner(owned, clusterOwner, kind, { controller: false }).metadata.ownerReferences).toHaveLength(2);
  });

  it.each([
    ["the same namespace", owner, pod],
    ["a cluster-scoped owner of a namespaced object", clusterOwner, pod],
    ["a cluster-scoped owner of a cluster-scoped object", clusterOwner, node],
  ])("takes %s", (_, theOwner, dependent) => {
    expect(withOwner(dependent, theOwner, kind).metadata.ownerReferences).toHaveLength(1);
  });

  it.each([
    [
      "another namespace",
      { metadata: { name: "p", namespace: "other" } },
      "own other/p: they are in different namespaces, default and other",
    ],
    ["a namespaced owner of a cluster-scoped object", node, "own n: an object without a namespace cannot have an owner in one"],
  ])("refuses %s", (_, dependent, message) => {
    expect(() => withOwner(dependent, owner, kind)).toThrow(message);
  });

  it("throws errors that say their code", () => {
    expect(() => withOwner(node, owner, kind)).toThrow(OwnerReferenceError);
    expect(() => withOwner(node, owner, kind)).toThrow(expect.objectContaining({ code: "CrossNamespace" }));
  });
});

describe("asking for owners", () => {
  const owned = withOwner(withOwner(pod, owner, kind), clusterOwner, kind, { controller: false });

  it("finds the controller among the owners", () => {
    expect(controllerOf(owned)).toEqual(reference);
    expect(controllerOf(pod)).toBeUndefined();
  });

  it("compares uids, not names", () => {
    expect(isOwnedBy(owned, owner)).toBe(true);
    expect(isOwnedBy(owned, clusterOwner)).toBe(true);
    expect(isControlledBy(owned, owner)).toBe(true);
    expect(isControlledBy(owned, clusterOwner)).toBe(false);
    const reborn = { metadata: { ...owner.metadata, uid: "u3" } };
    expect(isOwnedBy(owned, reborn)).toBe(false);
    expect(isOwnedBy(owned, { metadata: { name: "cache" } })).toBe(false);
    expect(isControlledBy(pod, { metadata: { name: "cache" } })).toBe(false);
  });
});
