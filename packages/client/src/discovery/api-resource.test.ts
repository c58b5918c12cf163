import { describe, expect, it } from "vitest";
import { decodeDiscovery } from "./api-resource.ts";

describe("decodeDiscovery", () => {
  it("reads groups, versions, resources and their parts", () => {
    const deployments = {
      resource: "deployments",
      responseKind: { group: "", version: "", kind: "Deployment" },
      scope: "Namespaced",
      singularResource: "deployment",
      verbs: ["get"],
      shortNames: ["deploy"],
      categories: ["all"],
      subresources: [{ subresource: "scale", responseKind: { group: "autoscaling", version: "v1", kind: "Scale" }, verbs: ["patch"] }],
    };
    const document = {
      kind: "APIGroupDiscoveryList",
      items: [
        {
          metadata: {},
          versions: [{ version: "v1", resources: [{ resource: "nodes", responseKind: { kind: "Node" }, scope: "Cluster" }] }],
        },
        { metadata: { name: "apps" }, versions: [{ version: "v1", freshness: "Current", resources: [deployments] }] },
        { metadata: { name: "metrics.k8s.io" }, versions: [{ version: "v1", freshness: "Stale" }] },
      ],
    };
    const [core, apps, metrics] = decodeDiscovery(document, "discover");
    expect(core).toMatchObject({
      name: "",
      versions: [{ resources: [{ apiVersion: "v1", kind: "Node", singular: "node", namespaced: false }] }],
    });
    expect(apps?.versions[0]).toEqual({
      version: "v1",
      isStale: false,
      resources: [
        {
          group: "apps",
          version: "v1",
          apiVersion: "apps/v1",
          kind: "Deployment",
          plural: "deployments",
          singular: "deployment",
          namespaced: true,
          verbs: ["get"],
          shortNames: ["deploy"],
          categories: ["all"],
          subresources: [{ name: "scale", verbs: ["patch"] }],
        },
      ],
    });
    expect(metrics?.versions).toEqual([{ version: "v1", isStale: true, resources: [] }]);
  });

  it("leaves out a resource without a kind, and refuses a server without aggregated discovery", () => {
    const parent = { kind: "APIGroupDiscoveryList", items: [{ versions: [{ version: "v1", resources: [{ resource: "x" }] }] }] };
    expect(decodeDiscovery(parent, "discover")[0]?.versions[0]?.resources).toEqual([]);
    expect(() => decodeDiscovery({ kind: "APIGroupList", groups: [] }, "discover")).toThrow("no aggregated discovery");
  });
});
