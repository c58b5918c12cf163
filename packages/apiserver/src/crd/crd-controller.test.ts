import { ManualClock } from "@operatorkit/observe/testing";
import { expect, it } from "vitest";
import { RawApi, type RawJson, widgetCrd } from "../testing/raw-api.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";
const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 1 } };

async function withWidgets(crd = widgetCrd()): Promise<{ api: RawApi; clock: ManualClock }> {
  const clock = new ManualClock();
  const api = await RawApi.start({ clock });
  await api.post(CRDS, crd);
  await clock.advance(1);
  return { api, clock };
}

const conditions = (crd: RawJson): unknown =>
  ((crd["status"]?.["conditions"] ?? []) as unknown as { type: string; status: string }[]).map(({ type, status }) => `${type}=${status}`);

it("a new CRD is established shortly after and served from then on", async () => {
  const clock = new ManualClock();
  await using api = await RawApi.start({ clock });
  const made = await api.post(CRDS, widgetCrd());
  expect(made.json["status"]).toEqual({ conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: ["v1"] });
  expect((await api.get(WIDGETS)).text).toBe("404 page not found\n");
  await clock.advance(1);
  const { json } = await api.get(`${CRDS}/widgets.example.com`);
  expect(conditions(json)).toEqual(["NamesAccepted=True", "Established=True"]);
  expect((await api.get(WIDGETS)).json).toMatchObject({
    kind: "WidgetList",
    apiVersion: "example.com/v1",
    metadata: { continue: "" },
    items: [],
  });
});

it("a CRD whose kind is taken is not established until the other is gone", async () => {
  const { api, clock } = await withWidgets();
  await using _ = api;
  const other = widgetCrd({ names: { plural: "gadgets", kind: "Widget" } });
  await api.post(CRDS, { ...other, metadata: { name: "gadgets.example.com" } });
  await clock.advance(1);
  expect(conditions((await api.get(`${CRDS}/gadgets.example.com`)).json)).toEqual(["NamesAccepted=False", "Established=False"]);
  await api.delete(`${CRDS}/widgets.example.com`);
  await clock.advance(1);
  expect(conditions((await api.get(`${CRDS}/gadgets.example.com`)).json)).toEqual(["NamesAccepted=True", "Established=True"]);
});

it("deleting a CRD removes its objects, ends their watches, then removes it", async () => {
  const { api, clock } = await withWidgets();
  await using _ = api;
  await api.post(WIDGETS, widget);
  const { body } = await api.send("GET", `${WIDGETS}?watch=1&resourceVersion=${api.server.resourceVersion}`);
  const events = body[Symbol.asyncIterator]();
  const first = events.next();
  expect((await api.delete(`${CRDS}/widgets.example.com`)).json["metadata"]?.["finalizers"]).toEqual([
    "customresourcecleanup.apiextensions.k8s.io",
  ]);
  await clock.advance(1);
  const { value } = await first;
  expect(new TextDecoder().decode(value as Uint8Array)).toContain('"type":"DELETED"');
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect((await api.get(`${CRDS}/widgets.example.com`)).status).toBe(404);
  expect((await api.get(WIDGETS)).text).toBe("404 page not found\n");
});

it("a deleted CRD waits for objects that finalizers hold, and takes no new ones meanwhile", async () => {
  const { api, clock } = await withWidgets();
  await using _ = api;
  await api.post(WIDGETS, { ...widget, metadata: { name: "held", finalizers: ["example.com/theirs"] } });
  await api.post(WIDGETS, { ...widget, metadata: { name: "free" } });
  await api.delete(`${CRDS}/widgets.example.com`);
  await clock.advance(1);
  expect((await api.get(`${WIDGETS}/free`)).status).toBe(404);
  expect((await api.get(`${WIDGETS}/held`)).json["metadata"]).toMatchObject({ deletionGracePeriodSeconds: 0, generation: 2 });
  expect(conditions((await api.get(`${CRDS}/widgets.example.com`)).json)).toEqual([
    "NamesAccepted=True",
    "Established=True",
    "Terminating=True",
  ]);
  const refused = await api.post(WIDGETS, { ...widget, metadata: { name: "new" } });
  expect([refused.status, refused.json["message"]]).toEqual([
    403,
    'widgets.example.com "new" is forbidden: create not allowed while custom resource definition is terminating',
  ]);
  await api.patch("merge", `${WIDGETS}/held`, { metadata: { finalizers: null } });
  await clock.advance(1);
  expect((await api.get(`${CRDS}/widgets.example.com`)).status).toBe(404);
});

it("a changed schema counts at once, and its new defaults show on what is stored", async () => {
  const { api } = await withWidgets();
  await using _ = api;
  await api.post(WIDGETS, widget);
  const before = (await api.get(`${WIDGETS}/w`)).json;
  const schema = {
    type: "object",
    properties: {
      spec: { type: "object", properties: { size: { type: "integer", maximum: 5 }, shape: { type: "string", default: "round" } } },
    },
  };
  await api.patch("json", `${CRDS}/widgets.example.com`, [
    { op: "replace", path: "/spec/versions/0/schema/openAPIV3Schema", value: schema },
  ]);
  const after = (await api.get(`${WIDGETS}/w`)).json;
  expect(after["spec"]).toMatchObject({ shape: "round" });
  expect(after["metadata"]).toEqual(before["metadata"]);
  expect((await api.post(WIDGETS, { ...widget, metadata: { name: "x" }, spec: { size: 6 } })).status).toBe(422);
});

it("several versions show one object", async () => {
  const crd = widgetCrd();
  const [version] = (crd["spec"] as { versions: object[] }).versions;
  const { api } = await withWidgets(widgetCrd({ versions: [{ ...version, name: "v1beta1", storage: false, deprecated: true }, version] }));
  await using _ = api;
  const made = await api.post("/apis/example.com/v1beta1/namespaces/default/widgets", { ...widget, apiVersion: "example.com/v1beta1" });
  expect(made.headers["warning"]).toBe('299 - "example.com/v1beta1 Widget is deprecated"');
  expect(made.json["apiVersion"]).toBe("example.com/v1beta1");
  const shown = (await api.get(`${WIDGETS}/w`)).json;
  expect([shown["apiVersion"], shown["metadata"]?.["uid"]]).toEqual(["example.com/v1", made.json["metadata"]?.["uid"]]);
});

it.each([
  [
    "a name that does not fit",
    { metadata: { name: "widgetz.example.com" } },
    'metadata.name: Invalid value: "widgetz.example.com": must be spec.names.plural+"."+spec.group',
  ],
  ["no storage version", widgetCrd({}, { storage: false }), "must have exactly one version marked as storage version"],
  ["no schema", widgetCrd({}, { schema: undefined }), "spec.versions[0].schema.openAPIV3Schema: Required value"],
  [
    "a schema without types",
    widgetCrd({}, { schema: { openAPIV3Schema: { type: "object", properties: { spec: {} } } } }),
    "spec.validation.openAPIV3Schema.properties[spec].type: Required value",
  ],
  [
    "an unknown scope",
    widgetCrd({ scope: "Galaxy" }),
    'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"',
  ],
  ["a webhook for conversion", widgetCrd({ conversion: { strategy: "Webhook" } }), "spec.conversion.strategy: Unsupported value"],
])("a CRD with %s is refused", async (_title, crd, message) => {
  await using api = await RawApi.start();
  const answer = await api.post(CRDS, { ...widgetCrd(), ...crd });
  expect([answer.status, answer.json["message"]]).toEqual([422, expect.stringContaining(message)]);
});

it("a field selector may name what a CRD declares selectable", async () => {
  const { api } = await withWidgets(widgetCrd({}, { selectableFields: [{ jsonPath: ".spec.color" }] }));
  await using _ = api;
  await api.post(WIDGETS, widget);
  await api.post(WIDGETS, { ...widget, metadata: { name: "blue" }, spec: { color: "blue" } });
  const { json } = await api.get(`${WIDGETS}?fieldSelector=spec.color=blue`);
  expect((json["items"] as unknown as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).toEqual(["blue"]);
  expect((await api.get(`${WIDGETS}?fieldSelector=spec.size=1`)).json["message"]).toBe("field label not supported: spec.size");
});
