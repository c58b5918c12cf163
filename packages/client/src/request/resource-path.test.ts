import type { Kind } from "@operatorkit/object";
import { describe, expect, it } from "vitest";
import { Deployment, Node, Pod } from "../testing/kinds.ts";
import { collectionPath, creationPath, objectPath, withQuery } from "./resource-path.ts";

describe("resource paths", () => {
  it.each([
    [Pod, undefined, "/api/v1/pods"],
    [Pod, "", "/api/v1/pods"],
    [Pod, "default", "/api/v1/namespaces/default/pods"],
    [Deployment, "default", "/apis/apps/v1/namespaces/default/deployments"],
    [Node, undefined, "/api/v1/nodes"],
  ] satisfies [Kind, string | undefined, string][])("lists %o in %s at %s", (kind, namespace, path) => {
    expect(collectionPath(kind, namespace)).toBe(path);
  });

  it("points to objects and their parts", () => {
    expect(objectPath(Pod, { namespace: "a", name: "b" })).toBe("/api/v1/namespaces/a/pods/b");
    expect(objectPath(Deployment, { namespace: "a", name: "b" }, "status")).toBe("/apis/apps/v1/namespaces/a/deployments/b/status");
    expect(objectPath(Node, { name: "n" })).toBe("/api/v1/nodes/n");
  });

  it("encodes what a name may hold and a URL may not", () => {
    expect(objectPath(Node, { name: "system:node?a#b ü" })).toBe("/api/v1/nodes/system%3Anode%3Fa%23b%20%C3%BC");
  });

  it.each([
    ["an empty name", () => objectPath(Pod, { namespace: "a", name: "" }), "the name of the Pod is empty"],
    ["a name left out", () => objectPath(Pod, { namespace: "a" } as never), "the name of the Pod is empty"],
    ["a slash in a name", () => objectPath(Pod, { namespace: "a", name: "b/c" }), 'the name "b/c" of the Pod'],
    ["a percent sign", () => objectPath(Pod, { namespace: "a", name: "b%2fc" }), 'the name "b%2fc" of the Pod'],
    ["dots for a name", () => objectPath(Pod, { namespace: "a", name: ".." }), 'the name ".."'],
    ["dots for a namespace", () => objectPath(Pod, { namespace: "..", name: "a" }), 'the namespace ".."'],
    ["a slash in a subresource", () => objectPath(Pod, { namespace: "a", name: "b" }, "x/y"), 'the subresource "x/y"'],
    ["a missing namespace", () => objectPath(Deployment, { name: "b" }), "Deployment is namespaced: give a namespace"],
    ["a missing namespace of a new object", () => creationPath(Deployment), "Deployment is namespaced: give a namespace"],
    ["what has no plural", () => objectPath({ apiVersion: "v1", kind: "Pod" } as never, { namespace: "a", name: "b" }), "client.resolve("],
    ["no kind", () => collectionPath(undefined as never), "give a Kind"],
    ["a needless namespace", () => objectPath(Node, { namespace: "a", name: "b" }), 'Node is cluster-scoped: leave the namespace "a" out'],
  ])("refuses %s", (_title, build, message) => {
    expect(build).toThrow(expect.objectContaining({ code: "InvalidRequest", message: expect.stringContaining(message) }));
  });

  it("adds a query of what is set, encoded", () => {
    expect(withQuery("/a", { labelSelector: "a in (b,c)", limit: 500, watch: true, continue: undefined, fieldManager: "" })).toBe(
      "/a?labelSelector=a+in+%28b%2Cc%29&limit=500&watch=true",
    );
    expect(withQuery("/a", { fieldManager: "ä b", force: true })).toBe("/a?fieldManager=%C3%A4+b&force=true");
    expect(withQuery("/a", {})).toBe("/a");
  });
});
