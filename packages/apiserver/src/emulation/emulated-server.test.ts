import { ManualClock } from "@operatorkit/observe/testing";
import { describe, expect, it } from "vitest";
import { RawApi, type RawJson, widgetCrd } from "../testing/raw-api.ts";

const BETA = "/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions";
const V1 = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TPRS = "/apis/extensions/v1beta1/thirdpartyresources";
const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";
const schema = { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { size: { type: "integer" } } } } } };
const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 1, more: true } };

async function serverOf(emulateVersion: string): Promise<{ api: RawApi; clock: ManualClock }> {
  const clock = new ManualClock();
  return { api: await RawApi.start({ clock, emulateVersion }), clock };
}

function betaCrd(spec: object = {}): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1beta1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec: { group: "example.com", version: "v1", names: { plural: "widgets", kind: "Widget" }, ...spec },
  };
}

async function withWidgets(emulateVersion: string, spec: object = {}): Promise<RawApi> {
  const { api, clock } = await serverOf(emulateVersion);
  expect((await api.post(BETA, betaCrd(spec))).status).toBe(201);
  await clock.advance(1);
  return api;
}

const conditionsOf = ({ json }: { readonly json: RawJson }): readonly string[] =>
  ((json["status"]?.["conditions"] ?? []) as unknown as { type: string; status: string }[]).map(({ type, status }) => `${type}=${status}`);
const specOf = ({ json }: { readonly json: RawJson }): RawJson => json["spec"] as RawJson;

describe("a server of an older release", () => {
  it("is refused when there is no such release", async () => {
    await expect(RawApi.start({ emulateVersion: "newest" })).rejects.toThrow(/emulateVersion: "newest" must be a version of Kubernetes/);
  });

  it.each([
    ["1.6", ["v1.6.0+operatorkit", 404, 404, 200]],
    ["1.7", ["v1.7.0+operatorkit", 404, 200, 200]],
    ["v1.10.3", ["v1.10.3+operatorkit", 404, 200, 404]],
    ["1.15", ["v1.15.0+operatorkit", 404, 200, 404]],
    ["1.16", ["v1.16.0+operatorkit", 200, 200, 404]],
    ["1.21", ["v1.21.0+operatorkit", 200, 200, 404]],
    ["1.22", ["v1.22.0+operatorkit", 200, 404, 404]],
  ])("%s says which one, and has its ways to register a kind", async (version, expected) => {
    const { api } = await serverOf(version);
    await using _ = api;
    const { json } = await api.get("/version");
    const statuses = [];
    for (const path of [V1, BETA, TPRS]) statuses.push((await api.get(path)).status);
    expect([json["gitVersion"], ...statuses]).toEqual(expected);
  });

  it("offers aggregated discovery, OpenAPI v3 and server-side apply only where that release does", async () => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    for (const [version, kind, openApi, applied] of [
      ["1.15", "APIGroupList", 404, 415],
      ["1.29", "APIGroupList", 200, 201],
      ["1.30", "APIGroupDiscoveryList", 200, 201],
    ] as const) {
      await using api = (await serverOf(version)).api;
      expect(JSON.parse((await api.get("/apis", { headers: { accept } })).text)).toMatchObject({ kind });
      expect((await api.get("/openapi/v3")).status).toBe(openApi);
      const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" } };
      expect((await api.patch("apply", "/api/v1/namespaces/default/configmaps/m?fieldManager=me", map)).status).toBe(applied);
    }
  });

  it("before server-side apply keeps no owners of fields", async () => {
    const api = await withWidgets("1.15");
    await using _ = api;
    expect((await api.post(WIDGETS, widget)).json["metadata"]).not.toHaveProperty("managedFields");
    expect((await api.get(`${BETA}/widgets.example.com`)).json["metadata"]).not.toHaveProperty("managedFields");
  });
});

describe("CRDs of v1beta1", () => {
  it("need neither scope nor schema, are established, and keep every field of their objects", async () => {
    await using api = await withWidgets("1.15");
    const crd = await api.get(`${BETA}/widgets.example.com`);
    expect(specOf(crd)).toEqual({
      group: "example.com",
      version: "v1",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true }],
      conversion: { strategy: "None" },
      preserveUnknownFields: true,
    });
    expect(conditionsOf(crd)).toEqual(["NamesAccepted=True", "Established=True", "NonStructuralSchema=True"]);
    expect((await api.post(WIDGETS, widget)).json["spec"]).toEqual({ size: 1, more: true });
  });

  it("check with a schema and prune only when told to", async () => {
    await using keeping = await withWidgets("1.15", { validation: schema });
    expect((await keeping.post(WIDGETS, { ...widget, spec: { size: "big" } })).status).toBe(422);
    expect((await keeping.post(WIDGETS, widget)).json["spec"]).toEqual({ size: 1, more: true });
    await using pruning = await withWidgets("1.15", { validation: schema, preserveUnknownFields: false });
    expect((await pruning.post(WIDGETS, widget)).json["spec"]).toEqual({ size: 1 });
  });

  it("have a schema that is not structural, unless they prune", async () => {
    const odd = { openAPIV3Schema: { properties: { spec: { properties: { size: { minimum: 1 } } } } } };
    await using api = await withWidgets("1.15", { validation: odd });
    expect((await api.post(WIDGETS, { ...widget, spec: { size: 0 } })).status).toBe(422);
    expect((await api.post(BETA, betaCrd({ validation: odd, preserveUnknownFields: false }))).status).toBe(422);
    expect((await api.post(BETA, betaCrd({ preserveUnknownFields: false }))).text).toContain("spec.versions[0].schema.openAPIV3Schema");
  });

  it("say status, scale and columns once for all versions", async () => {
    await using api = await withWidgets("1.15", {
      validation: schema,
      subresources: { status: {} },
      additionalPrinterColumns: [{ name: "Size", type: "integer", JSONPath: ".spec.size" }],
    });
    await api.post(WIDGETS, widget);
    const answer = await api.request("PUT", `${WIDGETS}/w/status`, {
      ...(await api.get(`${WIDGETS}/w`)).json,
      status: { ready: 1 },
    });
    expect(answer.json["status"]).toEqual({ ready: 1 });
    const table = await api.get(WIDGETS, { headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" } });
    expect(JSON.parse(table.text)).toMatchObject({ columnDefinitions: [{ name: "Name" }, { name: "Size" }], rows: [{ cells: ["w", 1] }] });
  });

  it("are refused when they say a thing at the top and in a version, or another first version", async () => {
    const { api } = await serverOf("1.15");
    await using _ = api;
    const versions = [{ name: "v1", served: true, storage: true, schema }];
    expect((await api.post(BETA, betaCrd({ validation: schema, versions }))).text).toContain(
      "top-level and per-version schemas are mutually exclusive",
    );
    expect((await api.post(BETA, betaCrd({ version: "v2", versions }))).text).toContain("must match the first version in spec.versions");
  });

  it("take the version from the list, and serve each of it", async () => {
    const versions = [
      { name: "v2", served: true, storage: true },
      { name: "v1", served: true, storage: false },
    ];
    await using api = await withWidgets("1.15", { version: undefined, versions });
    expect(specOf(await api.get(`${BETA}/widgets.example.com`))).toMatchObject({ version: "v2" });
    await api.post(WIDGETS, widget);
    expect((await api.get("/apis/example.com/v2/namespaces/default/widgets/w")).json).toMatchObject({ apiVersion: "example.com/v2" });
  });

  it("know only the fields of their release", async () => {
    const later = {
      validation: schema,
      versions: [{ name: "v1", served: true, storage: true }],
      subresources: { status: {} },
      preserveUnknownFields: false,
      conversion: { strategy: "None" },
    };
    const fields = async (version: string): Promise<readonly string[]> => {
      await using api = await withWidgets(version, later);
      const crd = await api.get(`${BETA}/widgets.example.com`);
      expect(conditionsOf(crd)).toEqual(["NamesAccepted=True", "Established=True"]);
      return [...Object.keys(specOf(crd)), ...Object.keys(crd.json["status"] as object)].toSorted();
    };
    const always = ["acceptedNames", "conditions", "group", "names", "scope", "version"];
    expect(await fields("1.7")).toEqual(always);
    expect(await fields("1.10")).toEqual([...always, "validation"].toSorted());
    const of11 = [...always, "validation", "versions", "subresources", "storedVersions"];
    expect(await fields("1.12")).toEqual(of11.toSorted());
    expect(await fields("1.14")).toEqual([...of11, "conversion"].toSorted());
    expect(await fields("1.15")).toEqual([...of11, "conversion", "preserveUnknownFields"].toSorted());
  });

  it("change, and go with their objects", async () => {
    const { api, clock } = await serverOf("1.10");
    await using _ = api;
    await api.post(BETA, betaCrd());
    await clock.advance(1);
    await api.post(WIDGETS, widget);
    const path = `${BETA}/widgets.example.com`;
    const changed = await api.patch("merge", path, { spec: { names: { shortNames: ["wd"] } } });
    expect([changed.status, changed.json["metadata"]?.["generation"]]).toEqual([200, 2]);
    await clock.advance(1);
    expect((await api.get(path)).json["status"]).toMatchObject({ acceptedNames: { shortNames: ["wd"] } });
    await api.delete(path);
    await clock.advance(1);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.get(WIDGETS)).status).toBe(404);
  });
});

describe("between 1.16 and 1.21", () => {
  it("what one version of CRDs made, the other shows", async () => {
    const { api, clock } = await serverOf("1.20");
    await using _ = api;
    await api.post(V1, widgetCrd());
    await clock.advance(1);
    const beta = await api.get(`${BETA}/widgets.example.com`);
    expect(beta.headers["warning"]).toContain("apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+");
    expect(specOf(beta)).toMatchObject({
      version: "v1",
      versions: [{ name: "v1", served: true, storage: true }],
      subresources: { status: {} },
      validation: { openAPIV3Schema: { type: "object" } },
      preserveUnknownFields: false,
    });
    expect((await api.put(`${BETA}/widgets.example.com`, beta.json)).json["metadata"]).toMatchObject({ generation: 1 });
  });

  it("v1 goes on with a CRD that it would not have taken, and refuses to make one", async () => {
    await using api = await withWidgets("1.20");
    const path = `${V1}/widgets.example.com`;
    const crd = await api.get(path);
    expect(specOf(crd)).toMatchObject({ preserveUnknownFields: true, versions: [{ name: "v1", served: true, storage: true }] });
    const { status } = await api.patch("merge", path, { metadata: { labels: { a: "b" } } });
    expect(status).toBe(200);
    const refused = await api.post(V1, widgetCrd({ preserveUnknownFields: true }));
    expect(refused.text).toContain("cannot set to true, set x-kubernetes-preserve-unknown-fields to true");
  });

  it("a CRD shows no longer that it is not structural when it is", async () => {
    const { api, clock } = await serverOf("1.20");
    await using _ = api;
    await api.post(BETA, betaCrd());
    await clock.advance(1);
    await api.patch("merge", `${BETA}/widgets.example.com`, { spec: { preserveUnknownFields: false, validation: schema } });
    await clock.advance(1);
    expect(conditionsOf(await api.get(`${V1}/widgets.example.com`))).toEqual(["NamesAccepted=True", "Established=True"]);
  });
});

describe("ThirdPartyResources", () => {
  const tpr = (name: string, ...versions: readonly string[]): object => ({
    apiVersion: "extensions/v1beta1",
    kind: "ThirdPartyResource",
    metadata: { name },
    description: "a thing",
    versions: versions.map((version) => ({ name: version })),
  });
  const TABS = "/apis/stable.example.com/v1/namespaces/default/crontabs";
  const tab = { apiVersion: "stable.example.com/v1", kind: "CronTab", metadata: { name: "t" }, cronSpec: "* * * * /5" };

  it("are served when the server looks next, which is every ten seconds", async () => {
    const { api, clock } = await serverOf("1.6");
    await using _ = api;
    await clock.advance(3_000);
    const made = await api.post(TPRS, tpr("cron-tab.stable.example.com", "v1"));
    expect([made.status, made.json["status"]]).toEqual([201, undefined]);
    await clock.advance(6_999);
    expect((await api.get(TABS)).text).toBe("404 page not found\n");
    await clock.advance(1);
    expect((await api.get(TABS)).json).toMatchObject({ kind: "CronTabList", apiVersion: "stable.example.com/v1", items: [] });
    expect((await api.get("/apis/stable.example.com/v1")).json).toMatchObject({
      resources: [{ name: "crontabs", kind: "CronTab", namespaced: true }],
    });
    expect((await api.post(TABS, tab)).json).toMatchObject({ cronSpec: "* * * * /5" });
    expect((await api.patch("merge", `${TABS}/t`, { image: "a" })).json).toMatchObject({ cronSpec: "* * * * /5", image: "a" });
  });

  it.each([
    ["tab.example", ["v1"], "must be at least three segments long"],
    ["tab.example.com", [], "must specify at least one version"],
    ["tab.example.com", ["v1", "v1"], "Duplicate value"],
    ["tab.example.com", [""], "must not be empty"],
  ])("named %s with the versions %j are refused", async (name, versions, why) => {
    const { api } = await serverOf("1.6");
    await using _ = api;
    const answer = await api.post(TPRS, tpr(name, ...versions));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(why);
  });

  it("take their objects along", async () => {
    const { api, clock } = await serverOf("1.7");
    await using _ = api;
    await api.post(TPRS, tpr("cron-tab.stable.example.com", "v1"));
    await clock.advance(10_000);
    await api.post(TABS, tab);
    const version = api.server.resourceVersion;
    await api.delete(`${TPRS}/cron-tab.stable.example.com`);
    expect((await api.get(`${TABS}/t`)).status).toBe(200);
    const watch = api.watch(`${TABS}?watch=true&resourceVersion=${version}&timeoutSeconds=30`);
    await clock.advance(10_000);
    expect((await api.get(TABS)).status).toBe(404);
    await api.post(TPRS, tpr("cron-tab.stable.example.com", "v1"));
    await clock.advance(10_000);
    expect((await api.get(TABS)).json["items"]).toEqual([]);
    await clock.advance(30_000);
    expect((await watch).map(({ type }) => type)).toEqual(["DELETED"]);
  });

  it("are still served after a restart", async () => {
    const { api, clock } = await serverOf("1.6");
    await using _ = api;
    await api.post(TPRS, tpr("cron-tab.stable.example.com", "v1"));
    await clock.advance(10_000);
    await api.post(TABS, tab);
    await api.server.restart({ to: api.server.resourceVersion });
    expect((await api.get(`${TABS}/t`)).status).toBe(200);
  });
});
