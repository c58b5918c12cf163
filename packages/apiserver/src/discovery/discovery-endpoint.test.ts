import { beforeEach, describe, expect, it } from "vitest";
import type { EndpointRequest } from "../handler.ts";
import { Registry } from "../registry.ts";
import {
  ALL_VERBS as ALL,
  descriptorFixture as descriptor,
  scaleFixture as scale,
  statusFixture as status,
} from "../testing/descriptor-fixture.ts";
import { serverRelease } from "../emulation/server-release.ts";
import { discoveryEndpoint } from "./discovery-endpoint.ts";

let registry: Registry;

beforeEach(() => {
  registry = new Registry();
  registry.set("built-in", [
    descriptor("", "v1", "Pod", { shortNames: ["po"], categories: ["all"], subresources: [status("", "v1", "Pod")] }),
    descriptor("", "v1", "ConfigMap", { shortNames: ["cm"] }),
    descriptor("", "v1", "Namespace", { namespaced: false }),
    descriptor("apps", "v1", "Deployment", { subresources: [scale, status("apps", "v1", "Deployment")] }),
  ]);
  const widget = { origin: "custom", storage: "widgets.example.com" } as const;
  registry.set("widgets.example.com", [
    descriptor("example.com", "v1beta1", "Widget", widget),
    descriptor("example.com", "v1", "Widget", { ...widget, subresources: [status("example.com", "v1", "Widget")] }),
    descriptor("example.com", "v1alpha1", "Widget", { ...widget, served: false }),
  ]);
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // Documents are compared as whole values.
  readonly json: unknown;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const request: EndpointRequest = {
    request: { method: "GET", path, headers },
    path,
    query: new URLSearchParams(),
    user: { name: "test", groups: [] },
    registry,
    nowMs: 0,
  };
  const response = await discoveryEndpoint(serverRelease())(request);
  if (response === undefined) throw new Error(`${path} is not discovery's`);
  let text = "";
  for await (const chunk of response.body) text += Buffer.from(chunk).toString();
  return { status: response.status, headers: response.headers, text, json: text.startsWith("{") ? JSON.parse(text) : undefined };
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
/** What kubectl 1.36 sends. */
const KUBECTL = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;

describe("plain discovery", () => {
  it("lists the core versions, the groups with the preferred version first, and their resources", async () => {
    expect((await get("/api", { host: "127.0.0.1:6443" })).json).toEqual({
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1:6443" }],
    });
    const v1 = { groupVersion: "example.com/v1", version: "v1" };
    const example = {
      name: "example.com",
      versions: [v1, { groupVersion: "example.com/v1beta1", version: "v1beta1" }],
      preferredVersion: v1,
    };
    expect((await get("/apis")).json).toEqual({
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: [expect.objectContaining({ name: "apps" }), example],
    });
    expect((await get("/apis/example.com")).json).toEqual({ kind: "APIGroup", apiVersion: "v1", ...example });
    expect((await get("/apis/apps/v1")).json).toEqual({
      kind: "APIResourceList",
      apiVersion: "v1",
      groupVersion: "apps/v1",
      resources: [
        {
          name: "deployments",
          singularName: "deployment",
          namespaced: true,
          kind: "Deployment",
          verbs: ALL,
          storageVersionHash: "8aSe+NMegvE=",
        },
        {
          name: "deployments/scale",
          singularName: "",
          namespaced: true,
          group: "autoscaling",
          version: "v1",
          kind: "Scale",
          verbs: ["get", "patch", "update"],
        },
        { name: "deployments/status", singularName: "", namespaced: true, kind: "Deployment", verbs: ["get", "patch", "update"] },
      ],
    });
  });

  it("sorts resources by name and shows short names, categories and scope", async () => {
    const { resources } = (await get("/api/v1")).json as { resources: Record<string, unknown>[] };
    expect(resources.map(({ name }) => name)).toEqual(["configmaps", "namespaces", "pods", "pods/status"]);
    expect(resources[1]).toMatchObject({ namespaced: false });
    expect(resources[1]).not.toHaveProperty("shortNames");
    expect(resources[2]).toMatchObject({ shortNames: ["po"], categories: ["all"] });
  });

  it("leaves unknown groups, versions and everything below them to others", async () => {
    for (const path of [
      "/apis/nope",
      "/apis/apps/v7",
      "/api/v2",
      "/apis/example.com/v1alpha1",
      "/apis/apps/v1/deployments",
      "/apix",
      "/api/v1/pods",
    ]) {
      await expect(get(path)).rejects.toThrow(`${path} is not discovery's`);
    }
  });

  it("answers YAML when asked, and 406 to what it cannot write", async () => {
    expect((await get("/apis", { accept: "application/yaml" })).text).toContain("kind: APIGroupList");
    const refused = await get("/apis", { accept: "text/html" });
    expect(refused).toMatchObject({ status: 406, json: { reason: "NotAcceptable", code: 406 } });
  });

  it("takes a trailing slash", async () => {
    expect((await get("/apis/")).json).toMatchObject({ kind: "APIGroupList" });
  });
});

describe("aggregated discovery", () => {
  it("answers kubectl's request with everything, repeating the parameters in its type", async () => {
    const answer = await get("/apis", { accept: KUBECTL });
    expect(answer.headers).toMatchObject({ "content-type": AGGREGATED, vary: "Accept", "cache-control": "public" });
    expect(answer.json).toEqual({
      kind: "APIGroupDiscoveryList",
      apiVersion: "apidiscovery.k8s.io/v2",
      metadata: {},
      items: [
        {
          metadata: { name: "apps" },
          versions: [
            {
              version: "v1",
              freshness: "Current",
              resources: [
                {
                  resource: "deployments",
                  responseKind: { group: "", version: "", kind: "Deployment" },
                  scope: "Namespaced",
                  singularResource: "deployment",
                  verbs: ALL,
                  subresources: [
                    {
                      subresource: "scale",
                      responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
                      verbs: ["get", "patch", "update"],
                    },
                    {
                      subresource: "status",
                      responseKind: { group: "", version: "", kind: "Deployment" },
                      verbs: ["get", "patch", "update"],
                    },
                  ],
                },
              ],
            },
          ],
        },
        {
          metadata: { name: "example.com" },
          versions: [
            expect.objectContaining({
              version: "v1",
              resources: [
                {
                  resource: "widgets",
                  responseKind: { group: "example.com", version: "v1", kind: "Widget" },
                  scope: "Namespaced",
                  singularResource: "widget",
                  verbs: ALL,
                  subresources: [
                    {
                      subresource: "status",
                      responseKind: { group: "example.com", version: "v1", kind: "Widget" },
                      verbs: ["get", "patch", "update"],
                    },
                  ],
                },
              ],
            }),
            expect.objectContaining({ version: "v1beta1" }),
          ],
        },
      ],
    });
  });

  it("has the core group alone at /api, without a name", async () => {
    const { items } = (await get("/api", { accept: KUBECTL })).json as { items: Record<string, unknown>[] };
    expect(items).toMatchObject([
      {
        metadata: {},
        versions: [
          { version: "v1", resources: [{ resource: "configmaps" }, { resource: "namespaces", scope: "Cluster" }, { resource: "pods" }] },
        ],
      },
    ]);
  });

  it("speaks v2beta1 to clients that know no other", async () => {
    const type = AGGREGATED.replace("v=v2", "v=v2beta1");
    const answer = await get("/apis", { accept: `${type},application/json` });
    expect(answer.headers["content-type"]).toBe(type);
    expect(answer.json).toMatchObject({ apiVersion: "apidiscovery.k8s.io/v2beta1" });
  });

  it("falls back to the plain form for a version nobody knows, and answers 406 without one", async () => {
    const future = AGGREGATED.replace("v=v2", "v=v9");
    expect((await get("/apis", { accept: `${future},application/json` })).json).toMatchObject({ kind: "APIGroupList" });
    expect((await get("/apis", { accept: future })).status).toBe(406);
  });

  it("has an ETag that holds until a kind comes or goes", async () => {
    const first = await get("/apis", { accept: AGGREGATED });
    const etag = first.headers["etag"] ?? "";
    expect(etag).toMatch(/^"[0-9A-F]{128}"$/);
    const again = await get("/apis", { accept: AGGREGATED, "if-none-match": etag });
    expect(again).toMatchObject({ status: 304, text: "" });
    registry.set("gadgets.example.com", [descriptor("example.com", "v1", "Gadget", { origin: "custom" })]);
    const changed = await get("/apis", { accept: AGGREGATED, "if-none-match": etag });
    expect(changed.status).toBe(200);
    expect(changed.text).toContain("gadgets");
    expect(changed.headers["etag"]).not.toBe(etag);
  });
});

describe("the rest", () => {
  it("lists its paths at the root", async () => {
    const { paths } = (await get("/")).json as { paths: string[] };
    expect(paths).toEqual(expect.arrayContaining(["/api/v1", "/apis/apps", "/apis/example.com/v1beta1", "/openapi/v3"]));
    expect(paths).toEqual(paths.toSorted());
  });
});
