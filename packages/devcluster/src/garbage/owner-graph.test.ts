import type { Kind, KubernetesObject } from "@operatorkit/object";
import { expect, it } from "vitest";
import { OwnerGraph } from "./owner-graph.ts";

const ConfigMap = {
  group: "",
  version: "v1",
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  singular: "configmap",
  listKind: "ConfigMapList",
  namespaced: true,
  shortNames: [],
  categories: [],
} satisfies Kind;

const object = (uid: string, ...owners: string[]): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: {
    name: uid,
    namespace: "default",
    uid,
    ownerReferences: owners.map((owner) => ({ apiVersion: "v1", kind: "ConfigMap", name: owner, uid: owner })),
  },
});
const uids = (nodes: readonly { uid: string }[]): string[] => nodes.map(({ uid }) => uid).sort();

it("finds dependents seen before their owner", () => {
  const graph = new OwnerGraph();
  graph.set(ConfigMap, object("child", "parent"));
  graph.set(ConfigMap, object("parent"));
  expect(uids(graph.dependentsOf("parent"))).toEqual(["child"]);
});

it("still knows the dependents of an owner that is gone", () => {
  const graph = new OwnerGraph();
  graph.set(ConfigMap, object("parent"));
  graph.set(ConfigMap, object("child", "parent"));
  graph.delete("parent");
  expect(graph.get("parent")).toBeUndefined();
  expect(uids(graph.dependentsOf("parent"))).toEqual(["child"]);
});

it("follows a change of owners and returns what was known before", () => {
  const graph = new OwnerGraph();
  graph.set(ConfigMap, object("child", "a", "b"));
  const { before } = graph.set(ConfigMap, object("child", "b", "c"));
  expect(before?.owners.map(({ uid }) => uid)).toEqual(["a", "b"]);
  expect([uids(graph.dependentsOf("a")), uids(graph.dependentsOf("b")), uids(graph.dependentsOf("c"))]).toEqual([[], ["child"], ["child"]]);
});

it("forgets a dependent that is gone", () => {
  const graph = new OwnerGraph();
  graph.set(ConfigMap, object("child", "parent"));
  graph.delete("child");
  expect(graph.dependentsOf("parent")).toEqual([]);
});

it("tells whose owner it does not know", () => {
  const graph = new OwnerGraph();
  graph.set(ConfigMap, object("parent"));
  graph.set(ConfigMap, object("child", "parent"));
  graph.set(ConfigMap, object("stray", "parent", "stranger"));
  expect(uids(graph.withUnknownOwner())).toEqual(["stray"]);
});
