import { describe, expect, it } from "vitest";
import { mergeKubeconfigs, needsPlugin, selectContext, type KubeconfigDocument } from "./kubeconfig.ts";

const document = (content: unknown, from = "/kube/config"): KubeconfigDocument => ({ from, folder: "/kube", content });
const complete = {
  "current-context": "a",
  clusters: [{ name: "c", cluster: { server: "https://c" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [
    { name: "a", context: { cluster: "c", user: "u", namespace: "ns" } },
    { name: "b", context: { cluster: "c" } },
  ],
};

function select(content: unknown, context?: string) {
  return selectContext(mergeKubeconfigs([document(content)]), "/kube/config", context);
}

describe("selectContext", () => {
  it("takes the current context, or the one asked for", () => {
    expect(select(complete)).toMatchObject({
      name: "a",
      clusterName: "c",
      userName: "u",
      namespace: "ns",
      cluster: { server: "https://c" },
      user: { token: "t" },
    });
    expect(select(complete, "b")).toMatchObject({ name: "b", user: undefined, namespace: undefined });
  });

  const context = { contexts: [{ name: "a", context: { cluster: "c", user: "u" } }] };
  it.each([
    ["an unknown context", complete, "z", "UnknownContext", '/kube/config has no context "z"; it has: a, b'],
    ["no current context", { ...complete, "current-context": "" }, undefined, "NoCurrentContext", "give one of: a, b"],
    ["an empty kubeconfig", {}, undefined, "NoCurrentContext", "it has no contexts at all"],
    ["nothing", null, "a", "UnknownContext", "it has no contexts at all"],
    ["a context without a cluster", { contexts: [{ name: "a", context: {} }] }, "a", "UnknownCluster", 'context "a" names no cluster'],
    ["a cluster that is not there", context, "a", "UnknownCluster", 'context "a" names the cluster "c", which /kube/config does not have'],
    [
      "a user that is not there",
      { ...context, clusters: complete.clusters },
      "a",
      "UnknownUser",
      'names the user "u", which /kube/config does not have',
    ],
    ["a list for a mapping", [], "a", "InvalidKubeconfig", "/kube/config is not a kubeconfig: it is not a mapping"],
    ["a text", "hello", "a", "InvalidKubeconfig", "it is not a mapping"],
    ["contexts that are no list", { contexts: {} }, "a", "InvalidKubeconfig", "contexts is not a list"],
    ["an entry without a name", { clusters: [{ cluster: {} }] }, "a", "InvalidKubeconfig", "clusters[0].name is missing"],
    ["an entry that is no mapping", { users: [{ name: "u", user: "me" }] }, "a", "InvalidKubeconfig", "users[0].user is not a mapping"],
  ] as const)("refuses %s", (_title, content, wanted, code, message) => {
    expect(() => select(content, wanted)).toThrow(
      expect.objectContaining({ name: "ConfigError", code, message: expect.stringContaining(message) }),
    );
  });
});

describe("mergeKubeconfigs", () => {
  it("lets the first file to name something win", () => {
    const merged = mergeKubeconfigs([
      document({ "current-context": "", clusters: [{ name: "c", cluster: { server: "https://first" } }] }, "/1"),
      document(
        {
          "current-context": "second",
          clusters: [{ name: "c", cluster: { server: "https://second" } }],
          users: [{ name: "u", user: null }],
        },
        "/2",
      ),
      document({ "current-context": "third" }, "/3"),
    ]);
    expect(merged.currentContext).toBe("second");
    expect(merged.clusters.get("c")).toMatchObject({ server: "https://first", from: "/1" });
    expect(merged.users.get("u")).toEqual({ from: "/2", folder: "/kube" });
  });
});

describe("needsPlugin", () => {
  it.each([
    [{ exec: { command: "aws" } }, true],
    [{ "auth-provider": { name: "oidc" } }, true],
    [{ token: "t" }, false],
  ])("of %j is %s", (user, expected) => {
    expect(needsPlugin({ ...user, from: "", folder: undefined })).toBe(expected);
  });
});
