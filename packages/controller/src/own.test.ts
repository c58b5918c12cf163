import type { Kind, KubernetesObject } from "@operatorkit/object";
import { ConfigMap, Namespace } from "@operatorkit/object/kinds";
import { describe, expect, it } from "vitest";
import { owned } from "./own.ts";
import { ownerKeyOf } from "./owner-key.ts";

const owner: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "owner", namespace: "n", uid: "u1" } };
const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: "u1", controller: true, blockOwnerDeletion: true };
const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" } } as const;

describe("owned", () => {
  it("adds the controller reference and the namespace, and leaves the manifest alone", () => {
    expect(owned(manifest, owner, ConfigMap)).toEqual({
      ...manifest,
      metadata: { name: "a", namespace: "n", ownerReferences: [reference] },
    });
    expect(manifest.metadata).toEqual({ name: "a" });
  });

  it("keeps other owners, and replaces an older reference to the same object", () => {
    const other = { apiVersion: "v1", kind: "Pod", name: "p", uid: "u2" };
    const again = { ...manifest, metadata: { name: "a", ownerReferences: [{ ...reference, controller: false }, other] } };
    expect(owned(again, owner, ConfigMap).metadata.ownerReferences).toEqual([reference, other]);
  });

  it("refuses another namespace, and a second controller", () => {
    expect(() => owned({ ...manifest, metadata: { name: "a", namespace: "m" } }, owner, ConfigMap)).toThrow(
      /different namespaces, n and m/,
    );
    const taken = { ...manifest, metadata: { name: "a", ownerReferences: [{ ...reference, uid: "u2", name: "rival" }] } };
    expect(() => owned(taken, owner, ConfigMap)).toThrow(/ConfigMap rival does so already/);
    expect(() => owned({} as never, owner, ConfigMap)).toThrow("owned: manifest.metadata: is missing, and must be an object");
  });

  it("lets a cluster-scoped object own in any namespace", () => {
    const cluster: KubernetesObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", uid: "u3" } };
    expect(owned({ ...manifest, metadata: { name: "a", namespace: "m" } }, cluster, Namespace).metadata.namespace).toBe("m");
  });
});

describe("ownerKeyOf", () => {
  const child = owned(manifest, owner, ConfigMap);

  it("finds the controller, whatever version it is referred to by", () => {
    expect(ownerKeyOf(child, ConfigMap)).toBe("n/owner");
    const newer: Kind = { ...ConfigMap, version: "v2", apiVersion: "v2" };
    expect(ownerKeyOf(child, newer)).toBe("n/owner");
  });

  it("finds a cluster-scoped controller by its name", () => {
    const cluster: KubernetesObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", uid: "u3" } };
    const inside = owned({ ...manifest, metadata: { name: "a", namespace: "m" } }, cluster, Namespace);
    expect(ownerKeyOf(inside, Namespace)).toBe("n");
  });

  it("ignores owners that do not control, other kinds and groups, and references that no garbage collector would follow", () => {
    const notController = { ...child, metadata: { ...child.metadata, ownerReferences: [{ ...reference, controller: false }] } };
    expect(ownerKeyOf(notController, ConfigMap)).toBeUndefined();
    expect(ownerKeyOf(child, Namespace)).toBeUndefined();
    expect(ownerKeyOf(child, { ...ConfigMap, group: "other.example.com" })).toBeUndefined();
    const clusterScoped = { ...child, metadata: { name: "a", ownerReferences: [reference] } };
    expect(ownerKeyOf(clusterScoped, ConfigMap)).toBeUndefined();
  });
});
