import { expect, it } from "vitest";
import { RawApi, widgetCrd } from "../testing/raw-api.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGET = "/apis/example.com/v1/namespaces/default/widgets/w";

async function withWidget(): Promise<RawApi> {
  const api = await RawApi.start();
  const scale = { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" };
  await api.post(CRDS, widgetCrd({}, { subresources: { status: {}, scale } }));
  await expect.poll(async () => (await api.get("/apis/example.com/v1")).status).toBe(200);
  const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" }, spec: { size: 2, color: "red" } };
  expect((await api.post(`${WIDGET.slice(0, -2)}?fieldManager=maker`, widget)).status).toBe(201);
  return api;
}

async function ownersAfter(api: RawApi, size: number): Promise<readonly string[]> {
  expect((await api.patch("merge", `${WIDGET}/scale?fieldManager=scaler`, { spec: { replicas: size } })).status).toBe(200);
  const { json } = await api.get(WIDGET);
  const entries = json["metadata"]?.["managedFields"] as unknown as {
    manager: string;
    subresource?: string;
    time?: string;
    fieldsV1: object;
  }[];
  return entries.map(({ manager, subresource = "", time, fieldsV1 }) =>
    `${manager} ${subresource} ${time === undefined ? "" : "timed "}${JSON.stringify(fieldsV1)}`.replace("  ", " "),
  );
}

const REST = 'maker timed {"f:spec":{".":{},"f:color":{}}}';

it("a scale that changes the number owns it, without a time, and so does the next", async () => {
  await using api = await withWidget();
  expect(await ownersAfter(api, 3)).toEqual(['scaler scale {"f:spec":{"f:size":{}}}', REST]);
  expect(await ownersAfter(api, 4)).toEqual(['scaler scale {"f:spec":{"f:size":{}}}', REST]);
});

it("a scale that changes nothing parts the number from its updater, who loses it at the next", async () => {
  await using api = await withWidget();
  expect(await ownersAfter(api, 2)).toEqual(['maker {"f:spec":{"f:size":{}}}', REST]);
  expect(await ownersAfter(api, 2)).toEqual([REST]);
});
